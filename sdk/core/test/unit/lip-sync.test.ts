import { expect, test } from "vitest";
import { audioDelayMs, readPlayoutTotals } from "../../src/lip-sync.js";

const report = (...entries: Record<string, unknown>[]) =>
  new Map(entries.map((entry, at) => [`${at}`, entry]));

test("sound waits in the buffer and on its way to the loudspeaker, of late and not since the beginning", () => {
  const before = readPlayoutTotals(
    report(
      { type: "inbound-rtp", jitterBufferDelay: 900, jitterBufferEmittedCount: 1000 },
      { type: "media-playout", totalPlayoutDelay: 500, totalSamplesCount: 1000 },
    ),
  );
  const now = readPlayoutTotals(
    report(
      { type: "inbound-rtp", jitterBufferDelay: 901, jitterBufferEmittedCount: 1010 },
      { type: "media-playout", totalPlayoutDelay: 500.3, totalSamplesCount: 1010 },
    ),
  );
  expect(audioDelayMs(now, before)).toBeCloseTo(130);
});

test("browsers that do not tell the loudspeaker's part are believed for the rest", () => {
  const before = readPlayoutTotals(
    report({ type: "inbound-rtp", jitterBufferDelay: 0, jitterBufferEmittedCount: 0 }),
  );
  const now = readPlayoutTotals(
    report({ type: "inbound-rtp", jitterBufferDelay: 1, jitterBufferEmittedCount: 10 }),
  );
  expect(audioDelayMs(now, before)).toBeCloseTo(100);
});

test("nothing is said of a sound that was not played", () => {
  const nothing = readPlayoutTotals(report({ type: "inbound-rtp" }));
  expect(audioDelayMs(nothing, nothing)).toBeNull();
});
