import { expect, test } from "vitest";
import { toPieces } from "../../src/sentences.js";

async function* written(...parts: string[]): AsyncGenerator<string> {
  yield* parts;
}

async function pieces(source: string | AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const piece of toPieces(source)) found.push(piece);
  return found;
}

test("the first sentence goes alone, the next ones together, and the last without its end", async () => {
  const words = "We open at nine. On Sunday at ten. We close at six. Do come and".match(/\S+\s*/g) ?? [];
  expect(await pieces(written(...words))).toEqual([
    "We open at nine.",
    "On Sunday at ten. We close at six.",
    "Do come and",
  ]);
});

test("a sentence is not over before the next one begins", async () => {
  const read: string[] = [];
  const parts = ["It costs 3.", "50 euros.", " Anything", " else?"];
  const source = (async function* () {
    for (const part of parts) {
      read.push(part);
      yield part;
    }
  })();
  const first = await toPieces(source).next();
  expect(first.value).toBe("It costs 3.50 euros.");
  expect(read).toEqual(parts.slice(0, 3));
});

test("a text goes whole; one of spaces alone does not go", async () => {
  expect(await pieces("One. Two. Three. Four.")).toEqual(["One. Two. Three. Four."]);
  expect(await pieces(written(" ", "\n"))).toEqual([]);
});
