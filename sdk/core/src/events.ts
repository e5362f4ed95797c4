import type { SessionError } from "./errors.js";
import type { ConnectionQuality } from "./latency.js";
import type { SessionPhase } from "./phase.js";
import type { TranscriptMessage } from "./transcript.js";

/** How a session is connected. @public */
export interface ConnectionReport {
  phase: SessionPhase;
  /** `null` until it was measured. */
  quality: ConnectionQuality | null;
  /** Round trip to the room server plus this browser's jitter buffer, in milliseconds; 0 until measured. */
  latencyMs: number;
}

/** How a session ended. @public */
export interface SessionEnding {
  /** `null` if it ended before the backend had created it. */
  sessionId: string | null;
  /** Text for people; `null` if this side ended it. */
  reason: string | null;
  /** The error that ended it; `null` if it ended normally. */
  error: SessionError | null;
}

/**
 * The events of a session, and what their listeners get.
 *
 * @public
 */
export interface SessionEvents {
  /** The avatar began to speak (`true`) or stopped (`false`), as this browser hears it. */
  avatarSpeaking: boolean;
  /** The user began to speak (`true`) or stopped (`false`), as the microphone hears it. */
  userSpeaking: boolean;
  /** A new message, or one that is known better. A message whose `final` is set does not change any more. */
  transcript: TranscriptMessage;
  /** The phase, the quality or the latency has changed. */
  connection: ConnectionReport;
  /** The session has ended. Comes once for every session, after `getSession` has said why, if it is there. */
  ended: SessionEnding;
}

type Listener = (detail: never) => void;

/** The listeners of one session's events. */
export class Listeners {
  readonly #listeners = new Map<keyof SessionEvents, Set<Listener>>();

  /** Returns a function that unsubscribes. */
  add<E extends keyof SessionEvents>(event: E, listener: (detail: SessionEvents[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    // A listener that is added twice is called twice, and each `off` removes one.
    const added = (detail: SessionEvents[E]) => listener(detail);
    listeners.add(added);
    return () => void listeners.delete(added);
  }

  emit<E extends keyof SessionEvents>(event: E, detail: SessionEvents[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])])
      (listener as (detail: SessionEvents[E]) => void)(detail);
  }
}
