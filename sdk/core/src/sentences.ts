/** A first piece of so many characters is spoken at once; each further one may be twice as long as the one before. */
const FIRST = 12;
/** Pieces are not collected beyond this; the server takes 5000 characters at once. */
const MAX = 400;

/**
 * Cuts a text that is still being written, as by a language model, into pieces to speak: whole sentences, the first
 * one alone so that it is heard soon, later ones together. Each piece is spoken longer than the next one takes to
 * write, and few pieces wait at the server.
 */
export async function* toPieces(source: string | AsyncIterable<string>): AsyncGenerator<string> {
  if (typeof source === "string") {
    yield source;
    return;
  }
  const segmenter = new Intl.Segmenter(undefined, { granularity: "sentence" });
  let rest = "";
  let wanted = FIRST;
  for await (const part of source) {
    rest += part;
    const sentences = [...segmenter.segment(rest)].map(({ segment }) => segment);
    const open = sentences.pop() ?? ""; // may go on
    const whole = sentences.join("");
    if (whole.trim().length < wanted) continue;
    yield whole.trim();
    rest = open;
    wanted = Math.min(2 * whole.length, MAX);
  }
  if (rest.trim() !== "") yield rest.trim();
}
