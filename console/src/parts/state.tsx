import { wordFor, words } from "../words/index.ts";

const KINDS: Record<string, string> = {
  completed: "good",
  failed: "bad",
  pending: "wait",
  processing: "wait",
  active: "live",
  live: "live",
  online: "good",
  revoked: "bad",
};

/** The status of a job, session, key or worker, as a word with a colour. */
export function State({ of }: { of: string }) {
  return <span className={`state ${KINDS[of] ?? ""}`}>{wordFor(words.common.statuses, of)}</span>;
}
