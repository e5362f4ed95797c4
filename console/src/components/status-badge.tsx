import { wordFor, words } from "../words/index.ts";

const KINDS: Record<string, string> = {
  completed: "good",
  failed: "bad",
  pending: "wait",
  processing: "wait",
  generating: "wait",
  ready: "good",
  active: "live",
  live: "live",
  online: "good",
  recording: "bad",
  member: "good",
  invited: "wait",
  revoked: "bad",
  reserved: "wait",
  settling: "wait",
  paid: "good",
  not_paid: "bad",
};

/** The status of a job, session, agent, key or worker, in colour. */
export function StatusBadge({ status }: { status: string }) {
  return <span className={`state ${KINDS[status] ?? ""}`}>{wordFor(words.common.statuses, status)}</span>;
}
