import { sentence, words } from "../words/index.ts";

/** An error response of the server, or none at all. The message is for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly retryAfterS: number | null = null,
  ) {
    super(message);
  }
}

/** Reads the body of an error response; both APIs use the same shape. */
export function apiErrorOf(status: number, body: unknown): ApiError {
  if (typeof body === "object" && body !== null && "error" in body && "message" in body) {
    const wait = "retry_after_seconds" in body ? body.retry_after_seconds : null;
    return new ApiError(
      String(body.error),
      String(body.message),
      status,
      typeof wait === "number" ? wait : null,
    );
  }
  return new ApiError("unexpected", words.errors.unexpectedStatus(status), status);
}

export function unreachable(): ApiError {
  return new ApiError("unreachable", words.errors.unreachable, 0);
}

/** The message of anything that was thrown: the page's own text for its code, or what the server says. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  return words.errors.byCode[code] ?? sentence(error.message);
}
