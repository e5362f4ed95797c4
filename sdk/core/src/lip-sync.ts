/** How often the picture is fitted to the sound: at first, while the browser's buffers settle, and then. */
const FAST_PERIOD_MS = 200;
const PERIOD_MS = 1000;
const FAST_ADJUSTMENTS = 60;

/** What a browser's buffer of sound begins with; the picture waits as long from its first frame on. */
const INITIAL_HOLD_MS = 100;

/** The avatar sends a picture so long after its sound: drawing and encoding, less what sound is sent ahead. */
const VIDEO_SEND_DELAY_MS = 20;

/** A sound that waits longer is not waited for: the line or the machine has other troubles. */
const MAX_HOLD_MS = 500;

/**
 * A track of a room, such as livekit-client's `RemoteTrack`.
 *
 * @public
 */
export interface ReceivedTrack {
  readonly kind: string;
  readonly receiver?: RTCRtpReceiver | undefined;
}

/** Sums that a receiver of sound counts up for as long as it lives, in seconds and samples. */
interface PlayoutTotals {
  bufferS: number;
  played: number;
  outputS: number;
  output: number;
}

type Report = ReadonlyMap<string, Record<string, unknown>>;

/**
 * Holds the avatar's picture back for as long as its sound waits in this browser.
 *
 * A browser begins with a long buffer of sound and a short one of pictures. By itself it knows only after
 * seconds how far they are apart, and then brings them together in small steps, one a second: until then the
 * lips are 100 ms ahead of the voice, or more on a busy machine. {@link AvatarSession} does this by itself;
 * pages that use livekit-client alone hand in the avatar's tracks as they come and go.
 *
 * @public
 */
export class LipSync {
  #sound: RTCRtpReceiver | null = null;
  #picture: RTCRtpReceiver | null = null;
  #before: PlayoutTotals | null = null;
  #adjustments = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** A track was subscribed to. The newest one of its kind counts. */
  add({ kind, receiver }: ReceivedTrack): void {
    if (receiver === undefined) return;
    if (kind === "video") {
      this.#picture = receiver;
      hold(receiver, INITIAL_HOLD_MS);
    } else if (kind === "audio") {
      this.#sound = receiver;
      this.#before = null;
    }
    this.#adjustments = 0;
    if (this.#timer === null) this.#wait();
  }

  /** A track is gone. */
  remove({ receiver }: ReceivedTrack): void {
    if (receiver === undefined) return;
    if (receiver === this.#picture) this.#picture = null;
    if (receiver === this.#sound) {
      this.#sound = null;
      if (this.#picture !== null) hold(this.#picture, null);
    }
    if (this.#picture === null && this.#sound === null) this.stop();
  }

  /** Ends it; the browser is left to itself. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#picture !== null) hold(this.#picture, null);
    this.#timer = this.#picture = this.#sound = this.#before = null;
  }

  #wait(): void {
    const periodMs = this.#adjustments < FAST_ADJUSTMENTS ? FAST_PERIOD_MS : PERIOD_MS;
    this.#timer = setTimeout(() => {
      this.#adjustments += 1;
      this.#wait();
      void this.#adjust();
    }, periodMs);
  }

  async #adjust(): Promise<void> {
    const [sound, picture] = [this.#sound, this.#picture];
    if (sound === null || picture === null) return;
    const [heard, seen] = (await Promise.all([sound.getStats(), picture.getStats()])) as unknown as Report[];
    if (heard === undefined || seen === undefined || sound !== this.#sound || picture !== this.#picture)
      return;
    const [waited, before] = [readPlayoutTotals(heard), this.#before];
    this.#before = waited;
    const waitMs = before && audioDelayMs(waited, before);
    if (waitMs === null) return;
    const holdMs = Math.min(Math.max(0, waitMs - VIDEO_SEND_DELAY_MS), MAX_HOLD_MS);
    // Where the browser itself finds the picture late, it would hold the sound back as well, and both would wait
    // for each other.
    if (picture.jitterBufferTarget !== null && holdMs > picture.jitterBufferTarget && isLate(seen, heard))
      return;
    hold(picture, holdMs);
  }
}

/** @param ms - How long at least a picture waits from its arrival to the screen; `null` is up to the browser. */
function hold(receiver: RTCRtpReceiver, ms: number | null): void {
  if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = ms;
}

/** Reads what the WebRTC standard names; what a browser does not count is 0. */
export function readPlayoutTotals(heard: Report): PlayoutTotals {
  const waited = { bufferS: 0, played: 0, outputS: 0, output: 0 };
  for (const entry of heard.values()) {
    if (entry.type === "inbound-rtp") {
      waited.bufferS += Number(entry.jitterBufferDelay ?? 0);
      waited.played += Number(entry.jitterBufferEmittedCount ?? 0);
    } else if (entry.type === "media-playout") {
      waited.outputS += Number(entry.totalPlayoutDelay ?? 0);
      waited.output += Number(entry.totalSamplesCount ?? 0);
    }
  }
  return waited;
}

/** From the arrival of a sound to the loudspeaker, a mean since the reading before; `null` if nothing was played. */
export function audioDelayMs(now: PlayoutTotals, before: PlayoutTotals): number | null {
  const [played, output] = [now.played - before.played, now.output - before.output];
  if (played <= 0) return null;
  const outputS = output > 0 ? (now.outputS - before.outputS) / output : 0;
  return 1000 * ((now.bufferS - before.bufferS) / played + outputS);
}

/** Whether pictures are shown later than their sound is heard, where the browser knows both clocks. */
function isLate(seen: Report, heard: Report): boolean {
  const [shown, played] = [playoutTime(seen), playoutTime(heard)];
  return shown !== null && played !== null && shown < played;
}

function playoutTime(report: Report): number | null {
  for (const { type, estimatedPlayoutTimestamp: time } of report.values()) {
    if (type === "inbound-rtp" && typeof time === "number") return time;
  }
  return null;
}
