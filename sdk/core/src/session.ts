import { ConnectionState, type DisconnectReason, type Room } from "livekit-client";
import type { AudioInput } from "./audio/input.js";
import type { AudioPlaybackHandle } from "./audio/playback.js";
import { Connection, type ConnectionListener } from "./connection.js";
import { type ApiSessionInfo, readSessionInfo, type SessionInfo } from "./credentials.js";
import { describeEnding, endReasonText } from "./endings.js";
import { asSessionError, joinError, microphoneError, SessionError } from "./errors.js";
import { messages } from "./messages.js";
import { nextPhase, type PhaseEvent, type SessionPhase, type SessionStatus, statusOf } from "./phase.js";
import { Stage } from "./stage.js";
import { mergeMessage, type TranscriptMessage } from "./transcript.js";

/**
 * What a session needs from the page it is in.
 *
 * @public
 */
export interface AvatarSessionOptions {
  /** Asks your backend for a session. The API key stays there. */
  createSession: (face: File | null, faceUrl: string | null) => Promise<SessionInfo | ApiSessionInfo>;
  /** Asks your backend to end a session. Called once for every session that was created and may still run. */
  deleteSession?: ((sessionId: string) => Promise<unknown>) | undefined;
  /**
   * Asks your backend how a session is (`GET /v1/realtime/session/{id}`), to say why the server ended
   * it. Without it, the state says only that it did.
   */
  getSession?: ((sessionId: string) => Promise<{ end_reason?: string | null }>) | undefined;
  /** Opens the microphone when connected. Default `true`. */
  autoEnableMic?: boolean | undefined;
  /** Ends the session when the page is left. Default `true`. */
  autoCleanup?: boolean | undefined;
}

/**
 * All that there is to know about a session at one time. A new object for every change.
 *
 * @public
 */
export interface SessionState {
  readonly phase: SessionPhase;
  readonly status: SessionStatus;
  /**
   * What went wrong. In the phase `error` it ended the session; in others it did not, such as a
   * microphone that was not allowed.
   */
  readonly error: SessionError | null;
  /** Why the session is over, when this side did not end it. */
  readonly endReason: string | null;
  readonly sessionId: string | null;
  readonly messages: TranscriptMessage[];
  /** Whether the microphone is silent. */
  readonly muted: boolean;
  /** How loud the avatar is, 0 to 100. */
  readonly volume: number;
  /** Round trip to the room server plus this browser's jitter buffer, in milliseconds; 0 until measured. */
  readonly latency: number;
  /** Whether the browser holds sound back until {@link AvatarSession.startAudio} is called from a touch. */
  readonly audioBlocked: boolean;
  /** The LiveKit room, from joining to leaving. */
  readonly room: Room | null;
}

/** One try at a session, from asking for it to having left it. Whose try is not the current one is late. */
interface Attempt {
  /** The session that the backend created; `null` when it did not. Never rejects. */
  created: Promise<SessionInfo | null>;
  connection: Connection | null;
  /** Sounds on tracks of their own that are not over. */
  sounds: number;
  /** Whether the microphone was silenced for them, and not by the user. */
  micRests: boolean;
  /** Settles when connected, failed or given up. Never rejects. */
  done: Promise<void>;
}

const AT_REST = { room: null, muted: true, latency: 0, audioBlocked: false } as const;

/**
 * A live avatar in a page: asks the backend for a session, joins its room, shows the avatar, sends it
 * sound, and leaves nothing behind.
 *
 * Methods never reject for what happens to the session as a whole; the state says it. Sounds and
 * texts that cannot be sent reject with a {@link SessionError}.
 *
 * @public
 */
export class AvatarSession {
  readonly #options: AvatarSessionOptions;
  readonly #listeners = new Set<() => void>();
  readonly #stage = new Stage();
  #state: SessionState = {
    phase: "idle",
    status: "idle",
    error: null,
    endReason: null,
    sessionId: null,
    messages: [],
    volume: 100,
    ...AT_REST,
  };
  #attempt: Attempt | null = null;
  /** Settles when everything that was left is gone. Never rejects. */
  #leaving: Promise<unknown> = Promise.resolve();

  /** Prepares; nothing is asked for yet. */
  constructor(options: AvatarSessionOptions) {
    this.#options = options;
  }

  /** The state now. The same object until something changes. */
  getState = (): SessionState => this.#state;

  /** Calls a listener after every change; returns what ends that. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows the avatar inside an element; `null` takes it out of the page. */
  setContainer(container: HTMLElement | null): void {
    this.#stage.setContainer(container);
  }

  /**
   * Begins a session. While there is one, it stays the same one.
   *
   * @param face - A photo to show; `null` for the default face or `faceUrl`.
   * @param faceUrl - The https address of a photo.
   * @returns When connected, failed or given up; the state says which.
   */
  connect(face: File | null = null, faceUrl: string | null = null): Promise<void> {
    if (this.#attempt !== null) return this.#attempt.done;
    const attempt: Attempt = {
      created: Promise.resolve(null),
      connection: null,
      sounds: 0,
      micRests: false,
      done: Promise.resolve(),
    };
    this.#attempt = attempt;
    this.#advance("create", { error: null, endReason: null, sessionId: null, messages: [], ...AT_REST });
    globalThis.addEventListener?.("pagehide", this.#onPageHide);
    attempt.created = this.#create(attempt, face, faceUrl);
    attempt.done = this.#join(attempt);
    return attempt.done;
  }

  /** Ends the session, at whatever point it is. Returns when the backend has been told. */
  async disconnect(): Promise<void> {
    if (this.#attempt !== null) this.#leave(this.#attempt, { stillRuns: true });
    this.#advance("end");
    await this.#leaving;
  }

  /** Opens or silences the microphone. What goes wrong is in the state's `error`. */
  async setMicEnabled(enabled: boolean): Promise<void> {
    if (this.#attempt !== null) this.#attempt.micRests = false; // what the user wants outlasts any sound
    await this.#switchMicrophone(enabled);
  }

  /**
   * Makes the avatar louder or softer for this user.
   *
   * @param volume - 0 to 100; what lies outside is brought inside.
   */
  setVolume(volume: number): void {
    const inside = Math.min(100, Math.max(0, Number.isFinite(volume) ? volume : 100));
    this.#stage.setVolume(inside / 100);
    this.#set({ volume: inside });
  }

  /**
   * Sends a text to the agent behind the avatar, as if the user had said it.
   *
   * @throws SessionError `not_connected`, `not_allowed` or `send_failed`.
   */
  async sendChat(text: string): Promise<void> {
    const { room } = this.#connected();
    const { timestamp, id } = await this.#send(() =>
      room.localParticipant.sendText(text, { topic: "lk.chat" }),
    );
    this.#set({
      messages: mergeMessage(this.#state.messages, { id, role: "user", text, final: true, timestamp }),
    });
  }

  /**
   * Lets the avatar say a text word for word, where the session has a voice of its own.
   *
   * @throws SessionError `not_connected`, `not_allowed` or `send_failed`.
   */
  async sayText(text: string): Promise<void> {
    const { room } = this.#connected();
    const payload = new TextEncoder().encode(JSON.stringify({ type: "speak", text }));
    await this.#send(() => room.localParticipant.publishData(payload, { reliable: true }));
  }

  /**
   * Lets the avatar say a sound, on a track that stays for the whole session.
   *
   * Nothing is published anew between two sounds, so the avatar never freezes. Sounds that overlap are
   * mixed; to say one after the other, wait for `finished`.
   *
   * @throws SessionError `not_connected`, `not_allowed`, `invalid_audio` or `publish_failed`.
   */
  speak(audio: AudioInput): Promise<AudioPlaybackHandle> {
    return this.#speaking((connection) => connection.voices.speak(audio));
  }

  /**
   * Lets the avatar say a sound, on a track of its own that goes when the sound is over.
   *
   * Ends the sound published before, and silences the microphone meanwhile. {@link AvatarSession.speak}
   * is the smoother way.
   *
   * @throws SessionError `not_connected`, `not_allowed`, `invalid_audio` or `publish_failed`.
   */
  async publishAudio(audio: AudioInput): Promise<AudioPlaybackHandle> {
    const release = await this.#restMicrophone();
    try {
      const playback = await this.#speaking((connection) => connection.voices.publish(audio));
      playback.finished.then(release, release);
      return playback;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Publishes the lasting track now, so that the first {@link AvatarSession.speak} need not wait for it. */
  async openVoice(): Promise<void> {
    await this.#speaking((connection) => connection.voices.open());
  }

  /** Ends every sound at once, as when somebody interrupts. */
  interrupt(): void {
    this.#attempt?.connection?.voices.interrupt();
  }

  /** Plays what the browser held back. Call it from a touch of the user, when `audioBlocked` is set. */
  async startAudio(): Promise<void> {
    await this.#connected().startAudio();
  }

  async #switchMicrophone(enabled: boolean): Promise<void> {
    const attempt = this.#attempt;
    try {
      await this.#connected().setMicrophone(enabled);
      if (this.#isCurrent(attempt) && this.#state.error?.code.startsWith("microphone_"))
        this.#set({ error: null });
    } catch (error) {
      if (this.#isCurrent(attempt)) this.#set({ error: microphoneError(error) });
    }
  }

  /** Silences an open microphone until the last of the sounds that asked for it is over. */
  async #restMicrophone(): Promise<() => void> {
    this.#connected();
    const attempt = this.#attempt;
    if (attempt === null) return () => undefined;
    attempt.sounds += 1;
    if (!this.#state.muted) {
      attempt.micRests = true;
      await this.#switchMicrophone(false);
    }
    return () => {
      attempt.sounds -= 1;
      if (attempt.sounds > 0 || !attempt.micRests) return;
      attempt.micRests = false;
      if (this.#isCurrent(attempt)) void this.#switchMicrophone(true);
    };
  }

  // Creating and joining. Between any two steps the user may have left: `#isCurrent` is asked again.

  async #create(attempt: Attempt, face: File | null, faceUrl: string | null): Promise<SessionInfo | null> {
    // Also lets a disconnect in the same breath (an effect that React runs twice) come before any request.
    await this.#leaving;
    if (!this.#isCurrent(attempt)) return null;
    try {
      return readSessionInfo(await this.#options.createSession(face, faceUrl));
    } catch (error) {
      this.#fail(attempt, asSessionError(error, "create_failed", messages.createFailed));
      return null;
    }
  }

  async #join(attempt: Attempt): Promise<void> {
    const info = await attempt.created;
    if (info === null || !this.#isCurrent(attempt)) return;
    const connection = new Connection(this.#stage, this.#listen(attempt));
    attempt.connection = connection;
    this.#advance("created", { sessionId: info.sessionId, room: connection.room });
    try {
      await connection.join(info.livekitUrl, info.token);
    } catch (error) {
      this.#fail(attempt, joinError(error));
    }
    if (!this.#isCurrent(attempt)) return;
    this.#advance("joined");
    if (connection.room.state === ConnectionState.Disconnected) this.#over(attempt, undefined);
    if (!this.#isCurrent(attempt)) return;
    if (this.#stage.hasPicture) this.#advance("avatar_seen");
    if ((this.#options.autoEnableMic ?? true) && connection.maySpeak) await this.setMicEnabled(true);
  }

  /** What an attempt's connection says is heard only while the attempt is the current one. */
  #listen(attempt: Attempt): ConnectionListener {
    const whileCurrent =
      <Args extends unknown[]>(listener: (...args: Args) => void) =>
      (...args: Args) => {
        if (this.#isCurrent(attempt)) listener(...args);
      };
    return {
      onPicture: whileCurrent((present) => this.#advance(present ? "avatar_seen" : "avatar_gone")),
      onLine: whileCurrent((line) => this.#advance(line === "lost" ? "line_lost" : "line_mended")),
      onOver: whileCurrent((reason) => this.#over(attempt, reason)),
      onMicrophone: whileCurrent((muted) => this.#set({ muted })),
      onMicrophoneLost: whileCurrent(() => {
        this.#set({ error: new SessionError("microphone_lost", messages.microphoneLost) });
      }),
      onMessage: whileCurrent((message) => {
        this.#set({ messages: mergeMessage(this.#state.messages, message) });
      }),
      onAudioBlocked: whileCurrent((audioBlocked) => this.#set({ audioBlocked })),
      onLatency: whileCurrent((latency) => this.#set({ latency })),
    };
  }

  // Leaving.

  #over(attempt: Attempt, reason: DisconnectReason | undefined): void {
    // While joining, the failed promise tells the same and more.
    if (this.#state.phase === "connecting") return;
    const ending = describeEnding(reason);
    if (ending.error !== null) this.#fail(attempt, ending.error, ending);
    else {
      this.#leave(attempt, ending);
      this.#advance("end", { endReason: ending.reason });
      void this.#explainEnd(this.#state.sessionId);
    }
  }

  /** The room only knows that it was closed; the API knows why. */
  async #explainEnd(sessionId: string | null): Promise<void> {
    if (sessionId === null || this.#options.getSession === undefined) return;
    try {
      const { end_reason: code } = await this.#options.getSession(sessionId);
      const stillShown = this.#state.phase === "ended" && this.#state.sessionId === sessionId;
      if (stillShown && code) this.#set({ endReason: endReasonText(code) });
    } catch (error) {
      this.#set({ error: asSessionError(error, "get_failed", messages.getFailed) });
    }
  }

  #fail(attempt: Attempt, error: SessionError, { stillRuns } = { stillRuns: true }): void {
    if (!this.#isCurrent(attempt)) return;
    this.#leave(attempt, { stillRuns });
    this.#advance("fail", { error, endReason: error.message });
  }

  #leave(attempt: Attempt, { stillRuns }: { stillRuns: boolean }): void {
    this.#attempt = null;
    globalThis.removeEventListener?.("pagehide", this.#onPageHide);
    this.#set(AT_REST);
    // Both at once: a page that is being left has no time for one after the other.
    this.#leaving = Promise.all([
      this.#leaving,
      attempt.connection?.close(),
      stillRuns ? this.#delete(attempt.created) : null,
    ]);
  }

  async #delete(created: Promise<SessionInfo | null>): Promise<void> {
    const info = await created;
    if (info === null) return;
    try {
      await this.#options.deleteSession?.(info.sessionId);
    } catch (error) {
      // Whoever has begun the next session by now is not to be troubled with the last one.
      if (this.#attempt !== null || this.#state.error !== null) return;
      this.#set({
        error: asSessionError(error, "delete_failed", messages.deleteFailed),
      });
    }
  }

  #onPageHide = (): void => {
    if (this.#options.autoCleanup ?? true) void this.disconnect();
  };

  // What the above is built on.

  #isCurrent(attempt: Attempt | null): boolean {
    return attempt !== null && attempt === this.#attempt;
  }

  #connected(): Connection {
    const connection = this.#attempt?.connection;
    if (!connection || this.#state.status !== "connected") {
      throw new SessionError("not_connected", messages.notConnected);
    }
    return connection;
  }

  async #speaking<T>(speak: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#connected();
    if (!connection.maySpeak) throw new SessionError("not_allowed", messages.notAllowed);
    return speak(connection);
  }

  async #send<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw asSessionError(error, "send_failed", messages.sendFailed);
    }
  }

  #advance(event: PhaseEvent, change: Partial<SessionState> = {}): void {
    const phase = nextPhase(this.#state.phase, event);
    this.#set({ ...change, phase, status: statusOf(phase) });
  }

  #set(change: Partial<SessionState>): void {
    const known = this.#state;
    if (Object.entries(change).every(([name, value]) => Object.is(known[name as keyof SessionState], value)))
      return;
    this.#state = { ...known, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}
