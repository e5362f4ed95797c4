import type { RemoteTrack } from "livekit-client";

/** How often the latency is measured. */
export const LATENCY_PERIOD_MS = 2000;

/**
 * How good a connection is: `good` is as in one room, `fair` is noticed, `poor` is a hindrance, `lost` is being
 * restored.
 *
 * @public
 */
export type ConnectionQuality = "good" | "fair" | "poor" | "lost";

/** Up to these, a connection is good or fair: latency in milliseconds, and the share of packets that were lost. */
const GOOD = { latency: 300, lost: 0.02 };
const FAIR = { latency: 600, lost: 0.08 };

/** What was read of one track's receiver at one time; both grow for as long as the track lives. */
interface BufferTotals {
  /** Seconds that all played frames or samples waited together. */
  delayS: number;
  /** Frames or samples that left the jitter buffer. */
  played: number;
}

/** The figures of a `RTCStatsReport` that latency is made of. */
export interface ReceiverFigures {
  /** Round-trip time to the room server in seconds; `null` until it was measured. */
  roundTripS: number | null;
  held: BufferTotals;
  /** Packets that came, and that did not, since the track began. */
  packets: PacketTotals;
}

interface PacketTotals {
  received: number;
  lost: number;
}

/** The quality for a latency in milliseconds and a share of lost packets. */
export function qualityOf(latency: number, lost: number): ConnectionQuality {
  if (latency <= GOOD.latency && lost <= GOOD.lost) return "good";
  return latency <= FAIR.latency && lost <= FAIR.lost ? "fair" : "poor";
}

/** The share of packets that were lost since the last reading, 0 to 1. */
export function lossSince(now: PacketTotals, before: PacketTotals | null): number {
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  const sent = now.received - (before?.received ?? 0) + lost;
  return sent > 0 ? lost / sent : 0;
}

/** Reads the figures that the WebRTC standard names. */
export function readFigures(report: ReadonlyMap<string, Record<string, unknown>>): ReceiverFigures {
  const held = { delayS: 0, played: 0 };
  const packets = { received: 0, lost: 0 };
  let roundTripS: number | null = null;
  let selected: unknown;
  for (const entry of report.values()) {
    if (entry.type === "transport") selected = entry.selectedCandidatePairId;
  }
  for (const entry of report.values()) {
    if (entry.type === "inbound-rtp") {
      held.delayS += Number(entry.jitterBufferDelay ?? 0);
      held.played += Number(entry.jitterBufferEmittedCount ?? 0);
      packets.received += Number(entry.packetsReceived ?? 0);
      packets.lost += Number(entry.packetsLost ?? 0);
    } else if (entry.type === "candidate-pair") {
      const inUse = selected === undefined ? entry.nominated === true : entry.id === selected;
      const measured = entry.currentRoundTripTime;
      if (inUse && typeof measured === "number") roundTripS = measured;
    }
  }
  return { roundTripS, held, packets };
}

/**
 * Round trip plus jitter buffer: what the line and this browser add, in milliseconds.
 *
 * @param figures - What was read now.
 * @param before - What the buffer held at the last reading; the mean since then counts.
 */
export function latencyMs(figures: ReceiverFigures, before: BufferTotals | null): number {
  const played = figures.held.played - (before?.played ?? 0);
  const waitedS = figures.held.delayS - (before?.delayS ?? 0);
  const bufferS = played > 0 && waitedS >= 0 ? waitedS / played : 0;
  return Math.round(((figures.roundTripS ?? 0) + bufferS) * 1000);
}

/** Measures the slowest of the avatar's tracks over and over, until it is stopped. */
export class LatencyMeter {
  readonly #tracks: () => Iterable<RemoteTrack>;
  readonly #onMeasured: (latencyMs: number, quality: ConnectionQuality) => void;
  readonly #before = new WeakMap<RemoteTrack, ReceiverFigures>();
  readonly #timer: ReturnType<typeof setInterval>;
  #stopped = false;

  constructor(
    tracks: () => Iterable<RemoteTrack>,
    onMeasured: (latencyMs: number, quality: ConnectionQuality) => void,
  ) {
    this.#tracks = tracks;
    this.#onMeasured = onMeasured;
    this.#timer = setInterval(() => void this.#measure(), LATENCY_PERIOD_MS);
  }

  async #measure(): Promise<void> {
    let slowest: number | null = null;
    let lost = 0;
    for (const track of this.#tracks()) {
      const report = await track.getRTCStatsReport();
      if (report === undefined) continue;
      const figures = readFigures(report as unknown as ReadonlyMap<string, Record<string, unknown>>);
      const before = this.#before.get(track) ?? null;
      const latency = latencyMs(figures, before?.held ?? null);
      lost = Math.max(lost, lossSince(figures.packets, before?.packets ?? null));
      this.#before.set(track, figures);
      slowest = Math.max(slowest ?? 0, latency);
    }
    if (slowest !== null && !this.#stopped) this.#onMeasured(slowest, qualityOf(slowest, lost));
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }
}
