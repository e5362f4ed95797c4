/** Audio files are checked when they are chosen: by the browser, or by the server if the browser cannot. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { consoleApi } from "../api/console.ts";
import { ApiError, messageOf } from "../api/error.ts";
import { seconds } from "../components/format.ts";
import { words } from "../words/index.ts";
import { identityOf } from "./identity.ts";
import { AUDIO_TYPES, mediaTypeOf, nameOfType } from "./media-types.ts";
import { sizeProblem } from "./size.ts";

export interface AudioLimits {
  maxBytes: number;
  /** Whether the browser plays the audio to the avatar: it must be able to decode it, and to hold it in memory. */
  playedInBrowser?: boolean;
}

export interface CheckedAudio {
  /** Why the file cannot be used; `null` if it can. */
  problem: string | null;
  /** Warnings about a file that can be used. */
  notes: readonly string[];
  isPlayable: boolean;
}

const MAX_PLAYED_S = 600;
const LONG_S = 600;
// Decoded audio takes far more memory than its file: of larger files only the beginning is decoded.
const MAX_DECODED_BYTES = 8 * 1024 * 1024;
const DECODED_BYTES = 2 * 1024 * 1024;
const SILENT_PEAK = 0.003; // -50 dB of full scale

interface Decoded {
  durationS: number;
  isSilent: boolean;
}

/** Decodes a file, or the beginning of a large one; `null` where the browser cannot. */
async function decode(file: Blob): Promise<Decoded | null> {
  const isWhole = file.size <= MAX_DECODED_BYTES;
  const content = await (isWhole ? file : file.slice(0, DECODED_BYTES)).arrayBuffer();
  try {
    const decoder = new OfflineAudioContext(1, 1, 44_100);
    const audio = await decoder.decodeAudioData(content);
    return { durationS: isWhole ? audio.duration : 0, isSilent: isWhole && isSilent(audio) };
  } catch {
    return null;
  }
}

function isSilent(audio: AudioBuffer): boolean {
  for (let channel = 0; channel < audio.numberOfChannels; channel++)
    for (const sample of audio.getChannelData(channel)) if (Math.abs(sample) > SILENT_PEAK) return false;
  return true;
}

/** The duration by the browser's player, in seconds; `null` if it cannot play the file. */
function durationOf(file: Blob): Promise<number | null> {
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

/** Has the server check audio that the browser cannot play. */
async function checkOnServer(file: Blob, signal: AbortSignal): Promise<CheckedAudio> {
  const form = new FormData();
  form.set("audio", file, "audio");
  try {
    await consoleApi.POST("/console/api/checks/sound", {
      body: form as unknown as { audio: string },
      signal,
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if ([400, 413, 415, 422].includes(error.status))
      return { problem: messageOf(error), notes: [], isPlayable: false };
    return { problem: null, notes: [words.files.uncheckedAudio], isPlayable: false };
  }
  return { problem: null, notes: [words.files.serverOnlyAudio], isPlayable: false };
}

export async function checkAudio(
  file: Blob,
  { maxBytes, playedInBrowser = false }: AudioLimits,
  signal: AbortSignal,
): Promise<CheckedAudio> {
  const reject = (problem: string): CheckedAudio => ({ problem, notes: [], isPlayable: false });
  const tooLarge = sizeProblem(file, maxBytes);
  if (tooLarge) return reject(tooLarge);
  const kind = await mediaTypeOf(file);
  if (kind === null) return reject(words.files.unreadableAudio);
  if (!AUDIO_TYPES.has(kind)) return reject(words.files.wrongAudio(nameOfType(kind)));
  const [decoded, length] = await Promise.all([decode(file), durationOf(file)]);
  // Files from MediaRecorder have no duration.
  const durationS = length !== null && Number.isFinite(length) ? length : (decoded?.durationS ?? 0);
  if (playedInBrowser) {
    if (!decoded) return reject(words.files.unplayableAudio);
    if (durationS > MAX_PLAYED_S)
      return reject(words.files.audioTooLong(seconds(durationS), seconds(MAX_PLAYED_S)));
  } else if (length === null || (!decoded && file.size <= MAX_DECODED_BYTES)) {
    return await checkOnServer(file, signal);
  }
  const notes = [];
  if (decoded?.isSilent) notes.push(words.files.silentAudio);
  if (durationS > LONG_S) notes.push(words.files.longAudio(seconds(durationS)));
  return { problem: null, notes, isPlayable: true };
}

/** The cached check of an audio file. */
export const audioCheck = (file: Blob, limits: AudioLimits) =>
  queryOptions({
    queryKey: ["audio", identityOf(file), limits],
    queryFn: ({ signal }) => checkAudio(file, limits, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

export function useCheckedAudio(file: Blob, limits: AudioLimits): CheckedAudio | null {
  return useQuery(audioCheck(file, limits)).data ?? null;
}
