import { expect, test } from "vitest";
import { addReading, type Figures, type Inbound, type Reading } from "./figures.ts";

const KBPS = 1200;

/** Counters of a stream that came at an even rate, read at `atMs` and looked at `lateMs` later. */
function reading(atMs: number, lateMs = 0): Reading {
  const counted = { timestamp: atMs, bytesReceived: (KBPS * atMs) / 8 };
  const entries: Inbound[] = [
    { id: "V", kind: "video", framesPerSecond: 25, ...counted, estimatedPlayoutTimestamp: 5000 + atMs },
    { id: "A", kind: "audio", ...counted, estimatedPlayoutTimestamp: 5020 + atMs },
  ];
  return { atMs: atMs + lateMs, entries };
}

function plotted(readings: readonly Reading[]): readonly Figures[] {
  let before: Reading | null = null;
  let figures: readonly Figures[] = [];
  for (const now of readings) {
    const added = addReading(figures, before, now, 0, 40);
    if (added !== figures) before = now;
    figures = added;
  }
  return figures;
}

test("an even stream is an even line", () => {
  const figures = plotted([1000, 2000, 3000].map((atMs) => reading(atMs)));
  expect(figures.map(({ atS, videoKbps }) => [atS, videoKbps])).toEqual([
    [1, null],
    [2, KBPS],
    [3, KBPS],
  ]);
  expect(figures[1]?.offsetMs).toBe(20);
});

test("a stalled second is a break in the line, and no spike", () => {
  // The page stood still for three seconds; then two looks came within 20 ms of each other.
  const figures = plotted([reading(1000), reading(2000), reading(5000), reading(5020), reading(6000)]);
  expect(figures.map(({ atS, videoKbps }) => [atS, videoKbps])).toEqual([
    [1, null],
    [2, KBPS],
    [4, null],
    [5, null],
    [6, KBPS],
  ]);
  const break_ = figures[2];
  expect([break_?.latencyMs, break_?.offsetMs, break_?.audioKbps]).toEqual([null, null, null]);
});

test("a report that was looked at late is counted by its own time", () => {
  // The counters were read on time; the page got to see the second ones 990 ms late.
  const figures = plotted([reading(1000), reading(2000, 990), reading(3000, 600)]);
  for (const { videoKbps } of figures.slice(1)) expect(videoKbps).toBe(KBPS);
});

test("counters that begin anew, and tracks that come and go, are no rates", () => {
  const anew = reading(2000);
  const restarted = anew.entries.map((entry) => ({ ...entry, bytesReceived: 0 }));
  expect(plotted([reading(1000), { ...anew, entries: restarted }])[1]?.videoKbps).toBeNull();
  const other = anew.entries.map((entry) => ({ ...entry, id: `${entry.id}2` }));
  expect(plotted([reading(1000), { ...anew, entries: other }])[1]?.videoKbps).toBeNull();
});
