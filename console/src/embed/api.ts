/** What the page asks the server, with the embed token of its address. */
import { type ApiSessionInfo, SessionError } from "@visavis/core";
import { words } from "../words/embed.ts";

/** The agent of the page. */
export interface EmbeddedAgent {
  agent_id: string;
  name: string;
  image_url: string | null;
}

/** Code of the error that its embed token is not valid, or has expired. */
export const INVALID = "EMBED_TOKEN_INVALID";

const headers = new Headers();
headers.set("Authorization", `Bearer ${new URLSearchParams(window.location.search).get("token") ?? ""}`);

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(`/v1/embed/${path}`, { ...init, headers });
  const body = await answer.json();
  if (answer.ok) return body as T;
  // Also without a token: a page of an agent in a window of its own has none.
  const code = answer.status === 401 ? INVALID : String(body?.error?.code);
  throw new SessionError(code, words.refusals[code] ?? body?.error?.message ?? code);
}

export const fetchAgent = (): Promise<EmbeddedAgent> => ask("agent");

export const createSession = (): Promise<ApiSessionInfo> => ask("sessions", { method: "POST" });

export const deleteSession = (sessionId: string): Promise<unknown> =>
  ask(`sessions/${encodeURIComponent(sessionId)}`, { method: "DELETE", keepalive: true });
