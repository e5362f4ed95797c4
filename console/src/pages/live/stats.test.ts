import { expect, test } from "vitest";
import { addSample, type Inbound, type Sample, type Stats } from "./stats.ts";

const KBPS = 1200;

/** Counters of a stream with an even rate, read at `atMs` and seen `lateMs` later. */
function sample(atMs: number, lateMs = 0): Sample {
  const counted = { timestamp: atMs, bytesReceived: (KBPS * atMs) / 8 };
  const entries: Inbound[] = [
    { id: "V", kind: "video", framesPerSecond: 25, ...counted, estimatedPlayoutTimestamp: 5000 + atMs },
    { id: "A", kind: "audio", ...counted, estimatedPlayoutTimestamp: 5020 + atMs },
  ];
  return { atMs: atMs + lateMs, entries };
}

function plotted(samples: readonly Sample[]): readonly Stats[] {
  let before: Sample | null = null;
  let stats: readonly Stats[] = [];
  for (const now of samples) {
    const added = addSample(stats, before, now, 0, 40);
    if (added !== stats) before = now;
    stats = added;
  }
  return stats;
}

test("an even stream is an even line", () => {
  const stats = plotted([1000, 2000, 3000].map((atMs) => sample(atMs)));
  expect(stats.map(({ atS, videoKbps }) => [atS, videoKbps])).toEqual([
    [1, null],
    [2, KBPS],
    [3, KBPS],
  ]);
  expect(stats[1]?.offsetMs).toBe(20);
});

test("a stalled second is a break in the line, and no spike", () => {
  // The page stalled for three seconds; then two samples came within 20 ms.
  const stats = plotted([sample(1000), sample(2000), sample(5000), sample(5020), sample(6000)]);
  expect(stats.map(({ atS, videoKbps }) => [atS, videoKbps])).toEqual([
    [1, null],
    [2, KBPS],
    [4, null],
    [5, null],
    [6, KBPS],
  ]);
  const break_ = stats[2];
  expect([break_?.latencyMs, break_?.offsetMs, break_?.audioKbps]).toEqual([null, null, null]);
});

test("a report that was looked at late is counted by its own time", () => {
  // The counters were read on time; the page saw the second ones 990 ms late.
  const stats = plotted([sample(1000), sample(2000, 990), sample(3000, 600)]);
  for (const { videoKbps } of stats.slice(1)) expect(videoKbps).toBe(KBPS);
});

test("counters that begin anew, and tracks that come and go, are no rates", () => {
  const anew = sample(2000);
  const restarted = anew.entries.map((entry) => ({ ...entry, bytesReceived: 0 }));
  expect(plotted([sample(1000), { ...anew, entries: restarted }])[1]?.videoKbps).toBeNull();
  const other = anew.entries.map((entry) => ({ ...entry, id: `${entry.id}2` }));
  expect(plotted([sample(1000), { ...anew, entries: other }])[1]?.videoKbps).toBeNull();
});
