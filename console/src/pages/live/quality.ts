import type { Stats } from "./stats.ts";

export type Quality = "good" | "fair" | "poor";

const SAMPLES = 5;
// Up to here people do not notice the delay in a conversation, and up to there it still goes well.
const GOOD_MS = 300;
const FAIR_MS = 600;
const FAIR_FRAMES_PER_S = 18;

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? null;
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

/**
 * How good a connection is, by the medians of the last seconds: one bad second does not count.
 *
 * @param isLost - Whether it is lost now.
 * @returns The quality, and the latency in milliseconds; `null` until it was measured.
 */
export function qualityOf(
  stats: readonly Stats[],
  isLost: boolean,
): { quality: Quality; latencyMs: number | null } {
  const last = stats.slice(-SAMPLES);
  const latency = median(known(last.map(({ latencyMs }) => latencyMs)));
  const frames = median(known(last.map(({ framesPerS }) => framesPerS)));
  const latencyMs = latency === null ? null : Math.round(latency);
  if (isLost) return { quality: "poor", latencyMs };
  if (latencyMs === null) return { quality: "fair", latencyMs };
  const isSlow = frames !== null && frames < FAIR_FRAMES_PER_S;
  const quality = latencyMs > FAIR_MS ? "poor" : latencyMs > GOOD_MS || isSlow ? "fair" : "good";
  return { quality, latencyMs };
}
