import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";

const SOURCES = new URL("../../src/", import.meta.url);

/** The sentences among a file's literals; errors that mean a bug of this package are for its developers. */
function sentencesIn(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === "Error") return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      if (/\p{L}{2,} \p{L}{2,}/u.test(node.text)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true));
  return found;
}

test("texts for people are in messages.ts, and in labels.ts those that pages can replace", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) =>
    /^(?!.*schema).*\.ts$/.test(name),
  );
  const holding = files.filter(
    (name) => sentencesIn(readFileSync(new URL(name, SOURCES), "utf8")).length > 0,
  );
  expect(holding.sort()).toEqual(["labels.ts", "messages.ts"]);
});
