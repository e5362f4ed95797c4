import { expect, test } from "vitest";
import { words } from "../../words/index.ts";
import { KINDS } from "./kinds.ts";

test("the plots of the usage show each type of job, and no two in one colour", () => {
  const types = KINDS.map(([type]) => type);
  expect(types).toEqual(expect.arrayContaining([...Object.keys(words.jobs.types), "realtime"]));
  expect(new Set(KINDS.map(([, , colour]) => colour)).size).toBe(types.length);
});
