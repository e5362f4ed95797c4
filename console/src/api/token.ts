/** Bearer tokens for the public API: fetched when needed, kept in memory only, renewed before they expire. */
import { consoleApi, dataOf, type Token } from "./console.ts";

const SPARE_MS = 60_000;

const tokens = new Map<number | null, { until: number; fetched: Promise<Token> }>();

/** A token for an API key; for the user's own key by default. */
export async function bearer(keyId: number | null = null): Promise<string> {
  const kept = tokens.get(keyId);
  if (kept && Date.now() < kept.until) return (await kept.fetched).token;
  const fetched = consoleApi.POST("/console/api/token", { body: { key_id: keyId } }).then(dataOf);
  const entry = { until: Number.POSITIVE_INFINITY, fetched };
  tokens.set(keyId, entry);
  try {
    const token = await fetched;
    entry.until = Date.now() + token.expires_in * 1000 - SPARE_MS;
    return token.token;
  } catch (error) {
    tokens.delete(keyId);
    throw error;
  }
}

/** Deletes all tokens, at sign-out. */
export function forgetTokens(): void {
  tokens.clear();
}
