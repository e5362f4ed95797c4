import { Listeners } from "./events.js";
import { nextPhase, type PhaseEvent, statusOf } from "./phase.js";
import type { SessionState } from "./state.js";
import { mergeMessage, type TranscriptMessage } from "./transcript.js";

/** The part of the state that is the same whenever no room is joined. */
export const DISCONNECTED = {
  room: null,
  muted: true,
  isSpeaking: false,
  isUserSpeaking: false,
  latency: 0,
  quality: null,
  audioBlocked: false,
} as const;

/** The state of one `AvatarSession`, and who is told of changes. */
export class Store {
  readonly events = new Listeners();
  readonly #listeners = new Set<() => void>();
  #state: SessionState = {
    phase: "idle",
    status: "idle",
    error: null,
    endReason: null,
    sessionId: null,
    messages: [],
    volume: 100,
    microphoneId: null,
    speakerId: null,
    ...DISCONNECTED,
  };

  /** The current state. The same object until something changes. */
  get state(): SessionState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(change: Partial<SessionState>): void {
    const known = this.#state;
    if (Object.entries(change).every(([name, value]) => Object.is(known[name as keyof SessionState], value)))
      return;
    this.#state = { ...known, ...change };
    for (const listener of [...this.#listeners]) listener();
    this.#emitChanges(known, this.#state);
  }

  advance(event: PhaseEvent, change: Partial<SessionState> = {}): void {
    const phase = nextPhase(this.#state.phase, event);
    this.set({ ...change, phase, status: statusOf(phase) });
  }

  addMessage(message: TranscriptMessage): void {
    const merged = mergeMessage(this.#state.messages, message);
    if (merged === this.#state.messages) return;
    this.set({ messages: merged });
    const known = merged.findLast(({ id, role }) => id === message.id && role === message.role);
    if (known) this.events.emit("transcript", known);
  }

  #emitChanges(before: SessionState, now: SessionState): void {
    const { phase, quality, latency, isSpeaking, isUserSpeaking } = now;
    if (isSpeaking !== before.isSpeaking) this.events.emit("avatarSpeaking", isSpeaking);
    if (isUserSpeaking !== before.isUserSpeaking) this.events.emit("userSpeaking", isUserSpeaking);
    if (phase !== before.phase || quality !== before.quality || latency !== before.latency)
      this.events.emit("connection", { phase, quality, latencyMs: latency });
  }
}
