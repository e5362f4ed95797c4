import type { Room } from "livekit-client";
import type { SessionError } from "./errors.js";
import type { ConnectionQuality } from "./latency.js";
import type { SessionPhase, SessionStatus } from "./phase.js";
import type { TranscriptMessage } from "./transcript.js";

/**
 * The state of a session. Every change makes a new object.
 *
 * @public
 */
export interface SessionState {
  readonly phase: SessionPhase;
  readonly status: SessionStatus;
  /**
   * The last error. In the phase `error` it ended the session. In others it did not, such as a
   * microphone that the browser blocked.
   */
  readonly error: SessionError | null;
  /** Why the session ended, if this side did not end it. */
  readonly endReason: string | null;
  readonly sessionId: string | null;
  readonly messages: TranscriptMessage[];
  /** Whether the avatar speaks, as this browser hears it. */
  readonly isSpeaking: boolean;
  /** Whether the user speaks, as the microphone hears it. */
  readonly isUserSpeaking: boolean;
  /** Whether the microphone is muted. */
  readonly muted: boolean;
  /** ID of the chosen microphone; `null` for the browser's own choice. */
  readonly microphoneId: string | null;
  /** ID of the chosen loudspeaker; `null` for the browser's own choice. */
  readonly speakerId: string | null;
  /** Volume of the avatar, 0 to 100. */
  readonly volume: number;
  /** Round trip to the room server plus this browser's jitter buffer, in milliseconds; 0 until measured. */
  readonly latency: number;
  /** How good the connection is; `null` until measured. */
  readonly quality: ConnectionQuality | null;
  /** Whether the browser blocks audio until `startAudio` is called from a click. */
  readonly audioBlocked: boolean;
  /** The LiveKit room while connected. */
  readonly room: Room | null;
}
