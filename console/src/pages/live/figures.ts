/** How a session reaches this browser, from WebRTC's reports, by the times that stand in the reports. */
import type { Room } from "livekit-client";

/** What was measured at one time; `null` where it is not known, which breaks the line in a plot. */
export interface Figures {
  /** Seconds since the measuring began. */
  atS: number;
  latencyMs: number | null;
  /** How far the lips are behind the sound, as played here; negative when they are ahead. */
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

export interface Reading {
  atMs: number;
  entries: readonly Inbound[];
}

const PERIOD_MS = 1000;
const KEPT = 120;
/** Counters read in quicker succession say nothing of a rate: the browser hands out one report for a while. */
const MIN_INTERVAL_MS = PERIOD_MS / 2;
/** Nobody measured for so long (a stalled page, a tab in the background): what was between is not known. */
const MAX_INTERVAL_MS = 2.5 * PERIOD_MS;

/** Bits a millisecond that a kind of media came with between two readings, by the clock of each report. */
function rateOf(kind: Inbound["kind"], before: Reading, now: Reading): number | null {
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

/** What plays now of sound and picture, on the sender's clock: their distance is how far they are apart. */
function offsetOf({ entries }: Reading): number | null {
  const playing = (kind: Inbound["kind"]) => {
    const entry = entries.find((entry) => entry.kind === kind && entry.estimatedPlayoutTimestamp);
    // Both were not read at the same time.
    return entry?.estimatedPlayoutTimestamp && entry.estimatedPlayoutTimestamp - entry.timestamp;
  };
  const [audio, video] = [playing("audio"), playing("video")];
  return audio !== undefined && video !== undefined ? audio - video : null;
}

/**
 * Adds a reading to what was measured.
 *
 * @param before - The reading before; `null` for the first.
 * @param beganMs - When the measuring began.
 * @returns The figures with the new one, and a break before it where readings are missing. The same array
 *   when the reading came too soon to say anything: the next is then compared with the one before.
 */
export function addReading(
  figures: readonly Figures[],
  before: Reading | null,
  now: Reading,
  beganMs: number,
  latencyMs: number | null,
): readonly Figures[] {
  const passedMs = before ? now.atMs - before.atMs : 0;
  if (before && passedMs < MIN_INTERVAL_MS) return figures;
  const atS = Math.round((now.atMs - beganMs) / 1000);
  const measured: Figures = {
    atS,
    latencyMs,
    offsetMs: offsetOf(now),
    videoKbps: before && rateOf("video", before, now),
    audioKbps: before && rateOf("audio", before, now),
    framesPerS: now.entries.find((entry) => entry.framesPerSecond !== undefined)?.framesPerSecond ?? null,
  };
  const unknown = { latencyMs: null, offsetMs: null, videoKbps: null, audioKbps: null, framesPerS: null };
  const gap = passedMs > MAX_INTERVAL_MS ? [{ atS: atS - 1, ...unknown }] : [];
  return [...figures, ...gap, measured].slice(-KEPT);
}

async function read(room: Room): Promise<Reading> {
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
 * Measures a room once a second until stopped.
 *
 * @param latencyMs - Tells the latency; 0 while it is not known.
 * @param tell - Called with the last two minutes.
 * @returns What stops it.
 */
export function measure(
  room: Room,
  latencyMs: () => number,
  tell: (figures: readonly Figures[]) => void,
): () => void {
  const beganMs = performance.now();
  let figures: readonly Figures[] = [];
  let before: Reading | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  const look = async () => {
    const now = await read(room);
    if (isStopped) return;
    const added = addReading(figures, before, now, beganMs, latencyMs() || null);
    if (added !== figures) {
      before = now;
      figures = added;
      tell(figures);
    }
    // Not an interval: after a stall its missed ticks would all come at once.
    timer = setTimeout(() => void look(), PERIOD_MS);
  };
  timer = setTimeout(() => void look(), PERIOD_MS);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
