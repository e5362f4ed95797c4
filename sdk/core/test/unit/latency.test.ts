import { expect, test } from "vitest";
import { latencyMs, readFigures } from "../../src/latency.js";

const report = (...entries: Record<string, unknown>[]) =>
  new Map(entries.map((entry, at) => [`${entry.id ?? at}`, entry]));

test("round trip of the pair in use, plus the mean wait in the buffer", () => {
  const figures = readFigures(
    report(
      { type: "candidate-pair", id: "old", nominated: true, currentRoundTripTime: 0.5 },
      { type: "candidate-pair", id: "now", nominated: true, currentRoundTripTime: 0.02 },
      { type: "transport", selectedCandidatePairId: "now" },
      { type: "inbound-rtp", jitterBufferDelay: 9, jitterBufferEmittedCount: 100 },
    ),
  );
  expect(figures).toEqual({ roundTripS: 0.02, held: { delayS: 9, played: 100 } });
  expect(latencyMs(figures, null)).toBe(110);
  expect(latencyMs(figures, { delayS: 8, played: 50 })).toBe(40);
});

test("what was not measured counts nothing", () => {
  const figures = readFigures(report({ type: "inbound-rtp" }));
  expect(latencyMs(figures, null)).toBe(0);
  expect(latencyMs(figures, { delayS: 1, played: 1 })).toBe(0);
});
