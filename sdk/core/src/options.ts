import type { ConversationOptions } from "./conversation.js";
import type { ApiSessionInfo, SessionInfo } from "./credentials.js";

/**
 * The options of a session.
 *
 * @public
 */
export interface AvatarSessionOptions {
  /**
   * Creates a session on your backend, which holds the API key. `sessionForm` makes a body that the API takes of
   * the arguments.
   */
  createSession: (
    face: File | null,
    faceUrl: string | null,
    conversation: ConversationOptions | null,
  ) => Promise<SessionInfo | ApiSessionInfo>;
  /**
   * What the conversation is to be like, for `createSession`. `null` for a session in which the avatar says what
   * it hears.
   */
  conversation?: ConversationOptions | null | undefined;
  /** Ends a session on your backend. Called once for every session that was created and may still run. */
  deleteSession?: ((sessionId: string) => Promise<unknown>) | undefined;
  /**
   * Fetches a session from your backend (`GET /v1/realtime/session/{id}`), to find out why the server ended
   * it. Without it, `endReason` says only that it did.
   */
  getSession?: ((sessionId: string) => Promise<{ end_reason?: string | null }>) | undefined;
  /**
   * Changes the face of a session on your backend (`PATCH /v1/realtime/session/{id}`), for `swapFace`.
   */
  updateSession?:
    | ((sessionId: string, face: File | null, faceUrl: string | null) => Promise<unknown>)
    | undefined;
  /** Opens the microphone when connected. Default `true`. */
  autoEnableMic?: boolean | undefined;
  /** Ends the session when the page is left. Default `true`. */
  autoCleanup?: boolean | undefined;
}
