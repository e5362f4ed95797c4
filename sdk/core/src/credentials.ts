import { SessionError } from "./errors.js";
import { messages } from "./messages.js";

/**
 * What a backend returns to the page: enough to join one room, and no API key.
 *
 * The API's own response (`session_id`, `livekit_url`, `token`) is accepted as well.
 *
 * @public
 */
export interface SessionInfo {
  sessionId: string;
  /** Address of the room server, `wss://…`. */
  livekitUrl: string;
  /** Token for one room. */
  token: string;
}

/** The keys of {@link SessionInfo} as the API writes them. @public */
export interface ApiSessionInfo {
  session_id: string;
  livekit_url: string;
  token: string;
}

function text(record: Record<string, unknown>, ...names: string[]): string | null {
  for (const name of names) {
    const value = record[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}

/**
 * Looks whether a backend has forwarded an error of the API.
 *
 * @throws SessionError with the API's code and message.
 */
export function checkAnswer(answer: unknown): void {
  if (typeof answer !== "object" || answer === null) return;
  const record = answer as Record<string, unknown>;
  const code = text(record, "error");
  if (code === null) return;
  const wait = record.retry_after_seconds;
  throw new SessionError(code, text(record, "message") ?? messages.createRejected(code), {
    retryAfterS: typeof wait === "number" ? wait : null,
  });
}

/**
 * Reads what `createSession` returned.
 *
 * A backend that forwards responses without checking their status also forwards the API's errors
 * (`error`, `message`, `retry_after_seconds`). They are thrown with the API's code and message.
 *
 * @throws SessionError with the API's code, or `invalid_session`.
 */
export function readSessionInfo(answer: unknown): SessionInfo {
  if (typeof answer !== "object" || answer === null) {
    throw new SessionError("invalid_session", messages.createMustReturn);
  }
  const record = answer as Record<string, unknown>;
  const sessionId = text(record, "sessionId", "session_id");
  const livekitUrl = text(record, "livekitUrl", "livekit_url");
  const token = text(record, "token");
  if (sessionId !== null && livekitUrl !== null && token !== null) return { sessionId, livekitUrl, token };

  checkAnswer(record);
  const missing = Object.entries({ sessionId, livekitUrl, token })
    .filter(([, value]) => value === null)
    .map(([name]) => name);
  throw new SessionError("invalid_session", messages.createReturned(missing.join(", ")));
}
