import { expect, test } from "vitest";
import { latencyMs, lossSince, qualityOf, readFigures } from "../../src/latency.js";

const report = (...entries: Record<string, unknown>[]) =>
  new Map(entries.map((entry, at) => [`${entry.id ?? at}`, entry]));

test("round trip of the pair in use, plus the mean wait in the buffer", () => {
  const figures = readFigures(
    report(
      { type: "candidate-pair", id: "old", nominated: true, currentRoundTripTime: 0.5 },
      { type: "candidate-pair", id: "now", nominated: true, currentRoundTripTime: 0.02 },
      { type: "transport", selectedCandidatePairId: "now" },
      { type: "inbound-rtp", jitterBufferDelay: 9, jitterBufferEmittedCount: 100, packetsReceived: 70 },
    ),
  );
  expect(figures).toEqual({
    roundTripS: 0.02,
    held: { delayS: 9, played: 100 },
    packets: { received: 70, lost: 0 },
  });
  expect(latencyMs(figures, null)).toBe(110);
  expect(latencyMs(figures, { delayS: 8, played: 50 })).toBe(40);
});

test("what was not measured counts nothing", () => {
  const figures = readFigures(report({ type: "inbound-rtp" }));
  expect(latencyMs(figures, null)).toBe(0);
  expect(latencyMs(figures, { delayS: 1, played: 1 })).toBe(0);
});

test("a connection is as good as the worse of its latency and its losses", () => {
  expect(qualityOf(180, 0)).toBe("good");
  expect(qualityOf(180, 0.05)).toBe("fair");
  expect(qualityOf(450, 0)).toBe("fair");
  expect(qualityOf(450, 0.2)).toBe("poor");
  expect(qualityOf(2000, 0)).toBe("poor");
  expect(lossSince({ received: 190, lost: 10 }, { received: 100, lost: 0 })).toBe(0.1);
  expect(lossSince({ received: 0, lost: 0 }, null)).toBe(0);
});
