import { expect, test } from "vitest";
import { binaryBytes, dollars, duration, seconds, unitOfSeconds } from "./format.ts";

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

test.each([
  [0, "0 s"],
  [1.08, "1.1 s"],
  [5, "5 s"],
  [59.96, "1 min"],
  [65, "1 min 5 s"],
  [119.7, "2 min"],
  [3599.7, "1 h"],
  [3900, "1 h 5 min"],
  [4_500_000, "1,250 h"],
])("%d measured seconds as people say them", (s, text) => {
  expect(seconds(s)).toBe(text);
});

test.each([
  [1.08, "s"],
  [600, "min"],
  [36_000, "h"],
])("an axis up to %d seconds", (most, unit) => {
  expect(unitOfSeconds(most)[0]).toBe(unit);
});
