/** No page holds a text of its own: all of them are in this folder, where they can be translated. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const SOURCES = join(import.meta.dirname, "..");

/** Attributes that are not read to people. */
const TECHNICAL = new Set(
  (
    "accept aria-busy aria-live autoCapitalize autoComplete className d defaultValue download href id inputMode key kind lang name " +
    "of points preload preserveAspectRatio rel role scope src status target to type value viewBox"
  ).split(" "),
);

/** Texts that stay the same in every language. */
const NETWORKS = ["Base", "Base Sepolia", "Solana", "Solana devnet"];
const UNTRANSLATED = new Set(["404", "visavis", "sk_live_…", "Hz", ...NETWORKS]);

/** A sentence, a label or several words: not a code, a path, a class or a unit. */
const isText = (text: string): boolean => /^\p{Lu}\p{Ll}+(?!\S)|\p{L}{2,} \p{L}{2,}/u.test(text.trim());

/** Whether a literal is for machines by where it stands. */
function isTechnical(node: ts.Node): boolean {
  for (let at = node; at.parent && !ts.isBlock(at.parent); at = at.parent) {
    const { parent } = at;
    if (ts.isImportDeclaration(parent) || ts.isTypeNode(parent)) return true;
    if (ts.isThrowStatement(parent) && ts.isNewExpression(at) && at.expression.getText() === "Error")
      return true;
    if (ts.isJsxAttribute(parent)) return TECHNICAL.has(parent.name.getText());
    if (ts.isBinaryExpression(parent) && /^[!=]==$/.test(parent.operatorToken.getText())) return true;
    if (
      ts.isCallExpression(parent) &&
      /(\.matches|matchMedia|RequestHeader|headers\.set)$/.test(parent.expression.getText())
    )
      return true;
    if (ts.isPropertyAssignment(parent) && (parent.name === at || parent.name.getText() === "className"))
      return true;
    if (ts.isPropertyDeclaration(parent) && parent.name.getText() === "name") return true;
  }
  return false;
}

/** The texts for people in a source file, each with its line. */
function textsIn(name: string, source: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const report = (node: ts.Node, text: string) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${name}:${line + 1} ${JSON.stringify(text.trim())}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) {
      if (/\p{L}|\d/u.test(node.text) && !UNTRANSLATED.has(node.text.trim())) report(node, node.text);
    } else if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    ) {
      const inPage = node.parent && isShown(node);
      const counts = inPage ? /\p{L}{2,}/u.test(node.text) : isText(node.text);
      if (counts && !UNTRANSLATED.has(node.text.trim()) && !isTechnical(node)) report(node, node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Whether a literal is a child of an element, or the value of an attribute that is read to people. */
function isShown(node: ts.Node): boolean {
  let at = node;
  while (
    at.parent &&
    (ts.isConditionalExpression(at.parent) ||
      ts.isTemplateExpression(at.parent) ||
      ts.isTemplateSpan(at.parent))
  )
    at = at.parent;
  if (ts.isJsxAttribute(at.parent)) return true;
  return ts.isJsxExpression(at.parent);
}

test("finds texts wherever they stand", () => {
  const page = `
    import { Page } from "a b";
    const COLUMNS = [{ name: "Key" }];
    const Row = ({ busy }) => (
      <p className="row apart" title="an owner" aria-label={busy ? "waiting" : label}>
        Loading {busy ? "slow" : \`\${name} is ready\`} <i>404</i> <b>12</b> {"no"}
      </p>
    );
    const fail = () => { throw new Error("Not for people."); };
    say("It is done");`;
  const found = textsIn("page.tsx", page).map((each) => each.replace(/^\S+ /, ""));
  expect(found.sort()).toEqual(
    ["Key", "an owner", "waiting", "Loading", "slow", "is ready", "12", "no", "It is done"]
      .map((text) => JSON.stringify(text))
      .sort(),
  );
});

test("no page holds texts of its own", () => {
  const names = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.tsx?$/.test(name) && !/\.test\.|schema\.ts$/.test(name) && !name.startsWith(`words${sep}`),
  );
  expect(names.length).toBeGreaterThan(50);
  const found = names.flatMap((name) =>
    textsIn(relative(SOURCES, join(SOURCES, name)), readFileSync(join(SOURCES, name), "utf8")),
  );
  expect(found).toEqual([]);
});
