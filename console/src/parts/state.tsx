/** The state of a job or session, as a word with a colour. */
const KINDS: Record<string, string> = {
  completed: "good",
  failed: "bad",
  pending: "wait",
  processing: "wait",
  active: "live",
  revoked: "bad",
};
const WORDS: Record<string, string> = { pending: "waiting", processing: "rendering" };

export function State({ of }: { of: string }) {
  return <span className={`state ${KINDS[of] ?? ""}`}>{WORDS[of] ?? of}</span>;
}
