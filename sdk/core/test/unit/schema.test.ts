import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { generate, SCHEMA } from "../../scripts/schema.mjs";

test("the types are those of openapi.json", async () => {
  expect(await readFile(SCHEMA, "utf-8"), "run `make openapi` and commit what it changes").toBe(
    await generate(),
  );
});
