/**
 * A typed client of the visavis API, for servers and tools: whoever has the key can spend on it, so
 * keep it out of web pages.
 *
 * @packageDocumentation
 */

import createFetchClient, { type Client } from "openapi-fetch";
import type { components, operations, paths } from "./schema.js";

export type { components, operations, paths };

/** Every endpoint as a method with its paths, bodies and answers typed. @public */
export type ApiClient = Client<paths>;

/** The body of every error. @public */
export type ApiFailure = components["schemas"]["ErrorAnswer"];

/** What {@link createApiClient} takes. @public */
export interface ApiClientOptions {
  /** Address of the service, such as `http://127.0.0.1:8000`. */
  baseUrl: string;
  apiKey: string;
  /** In place of the global `fetch`. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
}

/**
 * Makes a client.
 *
 * Answers come as `{ data }` or `{ error }` beside the `response`; only a network that fails rejects.
 * A body that holds a file is sent as a form.
 *
 * @example
 * ```ts
 * const api = createApiClient({ baseUrl: "http://127.0.0.1:8000", apiKey });
 * const { data, error } = await api.POST("/v1/generate", { body: { audio, image } });
 * ```
 *
 * @public
 */
export function createApiClient({ baseUrl, apiKey, fetch }: ApiClientOptions): ApiClient {
  return createFetchClient<paths>({
    baseUrl: baseUrl.replace(/\/+$/, ""),
    headers: { Authorization: `Bearer ${apiKey}` },
    bodySerializer: serialize,
    ...(fetch ? { fetch } : {}),
  });
}

function serialize(body: unknown): FormData | string {
  if (body instanceof FormData) return body;
  const entries = typeof body === "object" && body !== null ? Object.entries(body) : [];
  if (!entries.some(([, value]) => value instanceof Blob)) return JSON.stringify(body);
  const form = new FormData();
  for (const [name, value] of entries) {
    if (value instanceof Blob) form.append(name, value);
    else if (value !== undefined && value !== null)
      form.append(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return form;
}
