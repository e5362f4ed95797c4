import { expect, test } from "vitest";
import { duration } from "./format.ts";

test.each([
  [86_400, "1 day"],
  [259_200, "3 days"],
  [129_600, "36 hours"],
  [5400, "90 minutes"],
  [90, "90 seconds"],
])("%d seconds in one unit", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
