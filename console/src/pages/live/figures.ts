import type { Room } from "livekit-client";
import { useEffect, useRef, useState } from "react";

/** What was measured at one time; `null` where the browser does not say. */
export interface Figures {
  /** Seconds since the session was joined. */
  atS: number;
  latencyMs: number | null;
  /** How far the lips are behind the sound, as played here; negative when they are ahead. */
  offsetMs: number | null;
  videoKbps: number | null;
  audioKbps: number | null;
  framesPerS: number | null;
}

const PERIOD_MS = 1000;
const KEPT = 120;

interface Counters {
  atMs: number;
  videoBytes: number;
  audioBytes: number;
}

interface Inbound {
  kind: "audio" | "video";
  bytesReceived: number;
  framesPerSecond?: number;
  estimatedPlayoutTimestamp?: number;
}

async function inbound(room: Room): Promise<Inbound[]> {
  const found: Inbound[] = [];
  for (const participant of room.remoteParticipants.values())
    for (const { track } of participant.trackPublications.values()) {
      const report = await track?.getRTCStatsReport();
      report?.forEach((entry) => {
        if (entry.type === "inbound-rtp") found.push(entry);
      });
    }
  return found;
}

const sum = (entries: Inbound[], kind: Inbound["kind"]): number =>
  entries.filter((entry) => entry.kind === kind).reduce((bytes, entry) => bytes + entry.bytesReceived, 0);

const kbps = (bytes: number, ms: number): number | null => (bytes < 0 || ms <= 0 ? null : (bytes * 8) / ms);

/** What plays now of sound and picture, on the sender's clock: their distance is how far they are apart. */
function offsetOf(entries: Inbound[]): number | null {
  const playing = (kind: Inbound["kind"]) =>
    entries.find((entry) => entry.kind === kind && entry.estimatedPlayoutTimestamp)
      ?.estimatedPlayoutTimestamp;
  const [audio, video] = [playing("audio"), playing("video")];
  return audio !== undefined && video !== undefined ? audio - video : null;
}

/** Measures a room once a second, for as long as there is one; gives the last two minutes. */
export function useFigures(room: Room | null, latencyMs: number): readonly Figures[] {
  const [figures, setFigures] = useState<readonly Figures[]>([]);
  const latency = useRef(latencyMs);
  useEffect(() => {
    latency.current = latencyMs;
  }, [latencyMs]);

  useEffect(() => {
    if (!room) return;
    setFigures([]);
    const began = performance.now();
    let before: Counters | null = null;
    let stopped = false;
    const measure = async () => {
      const entries = await inbound(room);
      if (stopped) return;
      const now = {
        atMs: performance.now(),
        videoBytes: sum(entries, "video"),
        audioBytes: sum(entries, "audio"),
      };
      const last = before ?? now;
      const passedMs = now.atMs - last.atMs;
      before = now;
      const measured: Figures = {
        atS: Math.round((now.atMs - began) / 1000),
        latencyMs: latency.current || null,
        offsetMs: offsetOf(entries),
        videoKbps: kbps(now.videoBytes - last.videoBytes, passedMs),
        audioKbps: kbps(now.audioBytes - last.audioBytes, passedMs),
        framesPerS: entries.find((entry) => entry.framesPerSecond !== undefined)?.framesPerSecond ?? null,
      };
      setFigures((kept) => [...kept, measured].slice(-KEPT));
    };
    const timer = setInterval(() => void measure(), PERIOD_MS);
    return () => {
      stopped = true;
      clearInterval(timer);
    };
  }, [room]);

  return figures;
}
