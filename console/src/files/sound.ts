/** Sounds are checked when they are chosen: by the browser, and by the server where the browser cannot. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { consoleApi } from "../api/console.ts";
import { Failure } from "../api/failure.ts";
import { clock } from "../parts/format.ts";
import { words } from "../words/index.ts";
import { identityOf } from "./identity.ts";
import { kindOf, SOUND_KINDS, wordsOfKind } from "./kinds.ts";
import { sizeProblem } from "./size.ts";

export interface SoundLimits {
  maxBytes: number;
  /** Where the browser itself plays the sound to the avatar, it must be able to, and to hold it in memory. */
  playedHere?: boolean;
}

export interface CheckedSound {
  /** Why it cannot be used; `null` if it can. */
  problem: string | null;
  /** What to know although it can be used. */
  notes: readonly string[];
  isPlayable: boolean;
}

const MAX_PLAYED_S = 600;
const LONG_S = 600;
// Decoded sound takes far more memory than its file: of larger files the beginning is heard.
const MAX_DECODED_BYTES = 8 * 1024 * 1024;
const HEARD_BYTES = 2 * 1024 * 1024;
const SILENT_PEAK = 0.003; // -50 dB of full scale

interface Heard {
  durationS: number;
  isSilent: boolean;
}

/** Decodes a file, or the beginning of a large one; `null` where the browser cannot. */
async function hear(file: Blob): Promise<Heard | null> {
  const isWhole = file.size <= MAX_DECODED_BYTES;
  const content = await (isWhole ? file : file.slice(0, HEARD_BYTES)).arrayBuffer();
  try {
    const decoder = new OfflineAudioContext(1, 1, 44_100);
    const sound = await decoder.decodeAudioData(content);
    return { durationS: isWhole ? sound.duration : 0, isSilent: isWhole && isSilent(sound) };
  } catch {
    return null;
  }
}

function isSilent(sound: AudioBuffer): boolean {
  for (let channel = 0; channel < sound.numberOfChannels; channel++)
    for (const sample of sound.getChannelData(channel)) if (Math.abs(sample) > SILENT_PEAK) return false;
  return true;
}

/** What the browser's player says of a file's length; `null` where it cannot play it. */
function lengthOf(file: Blob): Promise<number | null> {
  return new Promise((resolve) => {
    const player = document.createElement("audio");
    const url = URL.createObjectURL(file);
    const end = (length: number | null) => {
      URL.revokeObjectURL(url);
      resolve(length);
    };
    player.preload = "metadata";
    player.onloadedmetadata = () => end(player.duration);
    player.onerror = () => end(null);
    player.src = url;
  });
}

/** What the server says of a sound that the browser cannot play. */
async function askServer(file: Blob, signal: AbortSignal): Promise<CheckedSound> {
  const form = new FormData();
  form.set("audio", file, "sound");
  try {
    await consoleApi.POST("/console/api/checks/sound", {
      body: form as unknown as { audio: string },
      signal,
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if ([400, 413, 415, 422].includes(error.status))
      return { problem: error.message, notes: [], isPlayable: false };
    return { problem: null, notes: [words.files.uncheckedAudio], isPlayable: false };
  }
  return { problem: null, notes: [words.files.serverOnlyAudio], isPlayable: false };
}

export async function checkSound(
  file: Blob,
  { maxBytes, playedHere = false }: SoundLimits,
  signal: AbortSignal,
): Promise<CheckedSound> {
  const refuse = (problem: string): CheckedSound => ({ problem, notes: [], isPlayable: false });
  const tooLarge = sizeProblem(file, maxBytes);
  if (tooLarge) return refuse(tooLarge);
  const kind = await kindOf(file);
  if (kind === null) return refuse(words.files.unreadableAudio);
  if (!SOUND_KINDS.has(kind)) return refuse(words.files.wrongAudio(wordsOfKind(kind)));
  const [heard, length] = await Promise.all([hear(file), lengthOf(file)]);
  // Recordings of browsers do not know their length.
  const durationS = length !== null && Number.isFinite(length) ? length : (heard?.durationS ?? 0);
  if (playedHere) {
    if (!heard) return refuse(words.files.unplayableAudio);
    if (durationS > MAX_PLAYED_S)
      return refuse(words.files.audioTooLong(clock(durationS), clock(MAX_PLAYED_S)));
  } else if (length === null || (!heard && file.size <= MAX_DECODED_BYTES)) {
    return await askServer(file, signal);
  }
  const notes = [];
  if (heard?.isSilent) notes.push(words.files.silentAudio);
  if (durationS > LONG_S) notes.push(words.files.longAudio(clock(durationS)));
  return { problem: null, notes, isPlayable: true };
}

/** The check of a sound as it is kept: what was learnt of a file is not asked again. */
export const soundCheck = (file: Blob, limits: SoundLimits) =>
  queryOptions({
    queryKey: ["sound", identityOf(file), limits],
    queryFn: ({ signal }) => checkSound(file, limits, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

export function useCheckedSound(file: Blob, limits: SoundLimits): CheckedSound | null {
  return useQuery(soundCheck(file, limits)).data ?? null;
}
