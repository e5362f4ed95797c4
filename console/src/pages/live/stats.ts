/** Statistics of the connection from WebRTC reports, by the timestamps in the reports. */
import type { Room } from "livekit-client";

/** One measurement. `null` is an unknown value, which breaks the line in a plot. */
export interface Stats {
  /** Seconds since the start of the measurement. */
  atS: number;
  latencyMs: number | null;
  /** Delay of the video behind the audio, as played; negative if it is ahead. */
  offsetMs: number | null;
  videoKbps: number | null;
  audioKbps: number | null;
  framesPerS: number | null;
}

/** An `inbound-rtp` entry of a report. `timestamp` is when its counters were read, in milliseconds. */
export interface Inbound {
  id: string;
  timestamp: number;
  kind: "audio" | "video";
  bytesReceived: number;
  framesPerSecond?: number;
  estimatedPlayoutTimestamp?: number;
}

export interface Sample {
  atMs: number;
  entries: readonly Inbound[];
}

const PERIOD_MS = 1000;
const MAX_SAMPLES = 120;
/** Shorter intervals give no rate: browsers cache a report for a while. */
const MIN_INTERVAL_MS = PERIOD_MS / 2;
/** After a longer gap (a stalled page, a background tab) the values in between are unknown. */
const MAX_INTERVAL_MS = 2.5 * PERIOD_MS;

/** Bitrate of a kind of media between two samples, in kbit/s, by the clock of each report. */
function rateOf(kind: Inbound["kind"], before: Sample, now: Sample): number | null {
  let rate: number | null = null;
  for (const entry of now.entries) {
    const earlier = before.entries.find(({ id }) => id === entry.id);
    if (entry.kind !== kind || !earlier) continue;
    const passedMs = entry.timestamp - earlier.timestamp;
    const bytes = entry.bytesReceived - earlier.bytesReceived;
    if (passedMs < MIN_INTERVAL_MS || passedMs > MAX_INTERVAL_MS || bytes < 0) continue;
    rate = (rate ?? 0) + (bytes * 8) / passedMs;
  }
  return rate;
}

/** Delay of the video behind the audio, in ms, from what both play now on the sender's clock. */
function offsetOf({ entries }: Sample): number | null {
  const playing = (kind: Inbound["kind"]) => {
    const entry = entries.find((entry) => entry.kind === kind && entry.estimatedPlayoutTimestamp);
    // The two were not read at the same time.
    return entry?.estimatedPlayoutTimestamp && entry.estimatedPlayoutTimestamp - entry.timestamp;
  };
  const [audio, video] = [playing("audio"), playing("video")];
  return audio !== undefined && video !== undefined ? audio - video : null;
}

/**
 * Adds a sample to the statistics.
 *
 * @param before - The previous sample; `null` for the first.
 * @param beganMs - Start of the measurement.
 * @returns The stats with the new one, and a break before it where samples are missing. The same array
 *   if the sample came too soon: compare the next one with the previous one again.
 */
export function addSample(
  stats: readonly Stats[],
  before: Sample | null,
  now: Sample,
  beganMs: number,
  latencyMs: number | null,
): readonly Stats[] {
  const passedMs = before ? now.atMs - before.atMs : 0;
  if (before && passedMs < MIN_INTERVAL_MS) return stats;
  const atS = Math.round((now.atMs - beganMs) / 1000);
  const measured: Stats = {
    atS,
    latencyMs,
    offsetMs: offsetOf(now),
    videoKbps: before && rateOf("video", before, now),
    audioKbps: before && rateOf("audio", before, now),
    framesPerS: now.entries.find((entry) => entry.framesPerSecond !== undefined)?.framesPerSecond ?? null,
  };
  const unknown = { latencyMs: null, offsetMs: null, videoKbps: null, audioKbps: null, framesPerS: null };
  const gap = passedMs > MAX_INTERVAL_MS ? [{ atS: atS - 1, ...unknown }] : [];
  return [...stats, ...gap, measured].slice(-MAX_SAMPLES);
}

async function read(room: Room): Promise<Sample> {
  const entries: Inbound[] = [];
  for (const participant of room.remoteParticipants.values())
    for (const { track } of participant.trackPublications.values()) {
      const report = await track?.getRTCStatsReport();
      report?.forEach((entry) => {
        if (entry.type === "inbound-rtp") entries.push(entry);
      });
    }
  return { atMs: performance.now(), entries };
}

/**
 * Collects the statistics of a room once a second until stopped.
 *
 * @param latencyMs - Returns the latency; 0 while it is unknown.
 * @param onStats - Called with the last two minutes.
 * @returns A function that stops it.
 */
export function collectStats(
  room: Room,
  latencyMs: () => number,
  onStats: (stats: readonly Stats[]) => void,
): () => void {
  const beganMs = performance.now();
  let stats: readonly Stats[] = [];
  let before: Sample | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  const look = async () => {
    const now = await read(room);
    if (isStopped) return;
    const added = addSample(stats, before, now, beganMs, latencyMs() || null);
    if (added !== stats) {
      before = now;
      stats = added;
      onStats(stats);
    }
    // Not setInterval: after a stall its missed ticks would all come at once.
    timer = setTimeout(() => void look(), PERIOD_MS);
  };
  timer = setTimeout(() => void look(), PERIOD_MS);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
