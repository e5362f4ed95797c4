import { words } from "../words/index.ts";

/** An answer that is no success, or none at all, in words for people. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly retryAfterS: number | null = null,
  ) {
    super(message);
  }
}

/** Reads the error of an answer: both APIs write them the same way. */
export function failureOf(status: number, body: unknown): Failure {
  if (typeof body === "object" && body !== null && "error" in body && "message" in body) {
    const wait = "retry_after_seconds" in body ? body.retry_after_seconds : null;
    return new Failure(
      String(body.error),
      String(body.message),
      status,
      typeof wait === "number" ? wait : null,
    );
  }
  return new Failure("unexpected", words.errors.unexpectedStatus(status), status);
}

export function unreachable(): Failure {
  return new Failure("unreachable", words.errors.unreachable, 0);
}

/** What to show for anything that was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
