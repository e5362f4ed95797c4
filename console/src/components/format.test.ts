import { expect, test } from "vitest";
import { binaryBytes, dollars, duration } from "./format.ts";

test.each([
  [86_400, "1 day"],
  [259_200, "3 days"],
  [129_600, "36 hours"],
  [5400, "90 minutes"],
  [90, "90 seconds"],
])("%d seconds in one unit", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [6_442_450_944, "6 GiB"],
  [65_536, "64 KiB"],
  [1_572_864, "1.5 MiB"],
  [0, "0 B"],
])("%d bytes as they are set", (size, text) => {
  expect(binaryBytes(size)).toBe(text);
});

test.each([
  [0.07, "$0.07"],
  [0.0123, "$0.0123"],
  [7, "$7.00"],
  [12.3456, "$12.35"],
  [0, "$0.00"],
])("%d dollars", (usd, text) => {
  expect(dollars(usd)).toBe(text);
});
