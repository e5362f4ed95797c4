/** Calls of the APIs whose errors are `{error: {code, message}}`: avatars and agents. */
import { words } from "../words/index.ts";
import { ApiError, unreachable } from "./error.ts";
import { bearer } from "./token.ts";

function errorOf(answer: Response, body: unknown): ApiError {
  const wait = Number(answer.headers.get("Retry-After"));
  if (typeof body === "object" && body !== null && "error" in body) {
    const { code, message } = body.error as { code: string; message: string };
    return new ApiError(code, message, answer.status, wait || null);
  }
  return new ApiError("unexpected", words.errors.unexpectedStatus(answer.status), answer.status);
}

/** The answer to a request of the signed-in user. The body is sent as JSON, or as a form if it is one. */
export async function call<Data>(
  method: string,
  path: string,
  { body, signal }: { body?: object | FormData; signal?: AbortSignal } = {},
): Promise<Data> {
  const headers = new Headers();
  headers.set("Authorization", `Bearer ${await bearer()}`);
  if (!(body instanceof FormData)) headers.set("Content-Type", "application/json");
  const answer = await fetch(path, {
    method,
    headers,
    ...(body ? { body: body instanceof FormData ? body : JSON.stringify(body) } : {}),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    throw signal?.aborted ? error : unreachable();
  });
  const said: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw errorOf(answer, said);
  return said as Data;
}
