import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const SOURCES = new URL("../../src/", import.meta.url);

test("texts for people are in messages.ts alone", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !/messages|schema/.test(name),
  );
  expect(files).toContain("session.ts");
  for (const name of files) {
    const code = readFileSync(new URL(name, SOURCES), "utf8")
      .replace(/\/\*[\s\S]*?\*\//g, "")
      .replace(/^.*(throw new Error\(|from ").*$/gm, "")
      .replace(/\/\/.*$/gm, "");
    expect(code.match(/["'`][A-Z][a-z]+[^"'`]* [^"'`]*["'`]/g) ?? [], name).toEqual([]);
  }
});
