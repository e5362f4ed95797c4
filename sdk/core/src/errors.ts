import { ConnectionError, ConnectionErrorReason, MediaDeviceFailure } from "livekit-client";
import { messages } from "./messages.js";

/**
 * Codes of this package's own errors.
 *
 * Errors of the API keep its code (`no_capacity`, `rate_limited`, …).
 *
 * @public
 */
export type SessionErrorCode =
  | "create_failed"
  | "invalid_session"
  | "delete_failed"
  | "get_failed"
  | "swap_failed"
  | "token_refused"
  | "connect_failed"
  | "connection_lost"
  | "joined_elsewhere"
  | "removed"
  | "server_shutdown"
  | "not_connected"
  | "not_allowed"
  | "publish_failed"
  | "send_failed"
  | "no_agent"
  | "not_spoken"
  | "invalid_audio"
  | "microphone_denied"
  | "microphone_missing"
  | "microphone_busy"
  | "microphone_failed"
  | "microphone_lost"
  | "speaker_failed";

/**
 * An error with a message for people and a code for programs.
 *
 * @public
 */
export class SessionError extends Error {
  override readonly name = "SessionError";
  /** A {@link SessionErrorCode}, or the code of the API. */
  readonly code: SessionErrorCode | (string & {});
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Seconds to wait before trying again, if the API named them. */
  readonly retryAfterS: number | null;

  constructor(
    code: SessionErrorCode | (string & {}),
    message: string,
    options: { retryable?: boolean; retryAfterS?: number | null; cause?: unknown } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryAfterS = options.retryAfterS ?? null;
    this.retryable = options.retryable ?? this.retryAfterS !== null;
  }
}

function withDetail(text: string, error: unknown): string {
  return messages.withDetail(text, error instanceof Error ? error.message : String(error));
}

/** Wraps any error in a {@link SessionError}; returns one unchanged. */
export function asSessionError(error: unknown, code: SessionErrorCode, text: string): SessionError {
  if (error instanceof SessionError) return error;
  return new SessionError(code, withDetail(text, error), { cause: error });
}

/** The error for a room that could not be joined. */
export function joinError(error: unknown): SessionError {
  if (error instanceof ConnectionError && error.reason === ConnectionErrorReason.NotAllowed) {
    return new SessionError("token_refused", messages.tokenRefused, { cause: error });
  }
  return new SessionError("connect_failed", withDetail(messages.connectFailed, error), {
    retryable: true,
    cause: error,
  });
}

/** The error for a microphone that could not be opened. */
export function microphoneError(error: unknown): SessionError {
  const cause = { cause: error };
  // A device that was chosen and is gone.
  if (error instanceof Error && error.name === "OverconstrainedError")
    return new SessionError("microphone_missing", messages.microphoneMissing, cause);
  switch (MediaDeviceFailure.getFailure(error)) {
    case MediaDeviceFailure.PermissionDenied:
      return new SessionError("microphone_denied", messages.microphoneDenied, cause);
    case MediaDeviceFailure.NotFound:
      return new SessionError("microphone_missing", messages.microphoneMissing, cause);
    case MediaDeviceFailure.DeviceInUse:
      return new SessionError("microphone_busy", messages.microphoneBusy, cause);
    default:
      return asSessionError(error, "microphone_failed", messages.microphoneFailed);
  }
}
