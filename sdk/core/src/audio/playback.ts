import { asSessionError } from "../errors.js";
import { messages } from "../messages.js";
import { type PcmChunk, PcmReader, type PcmStream, type Sound } from "./input.js";

/** How far ahead of being heard a stream is read; a stream that is faster has to wait. */
const READ_AHEAD_S = 5;

/** Silence before the first piece of a stream, so that the second one is not late. */
const START_DELAY_S = 0.04;

/**
 * A sound on its way to the avatar.
 *
 * @public
 */
export interface AudioPlaybackHandle {
  /** Ends the sound at once. */
  stop(): void;
  /**
   * Settles when the sound is over: `true` when all of it was played, `false` when it was stopped.
   * Rejects when a stream broke.
   */
  readonly finished: Promise<boolean>;
}

/** Plays one sound into a node of the audio graph. */
export class Playback implements AudioPlaybackHandle {
  readonly finished: Promise<boolean>;
  readonly #nodes = new Set<AudioNode>();
  readonly #context: AudioContext;
  readonly #destination: AudioNode;
  #settle: (played: boolean) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #closeStream: () => void = () => undefined;
  #over = false;

  constructor(context: AudioContext, destination: AudioNode, sound: Sound) {
    this.#context = context;
    this.#destination = destination;
    this.finished = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    this.finished.catch(() => undefined); // who does not wait for it need not handle it
    if (sound instanceof AudioBuffer) this.#playBuffer(sound);
    else if (sound instanceof MediaStreamTrack) this.#playTrack(sound);
    else this.#playStream(sound).catch((error: unknown) => this.#break(error));
  }

  stop(): void {
    this.#end(false);
  }

  #playBuffer(buffer: AudioBuffer): void {
    void this.#schedule(buffer, 0).then(() => this.#end(true));
  }

  #playTrack(track: MediaStreamTrack): void {
    this.#connect(this.#context.createMediaStreamSource(new MediaStream([track])));
    track.addEventListener("ended", () => this.#end(true), { once: true });
  }

  async #playStream({ chunks, rateHz, channels = 1 }: PcmStream): Promise<void> {
    const pieces = open(chunks);
    this.#closeStream = pieces.close;
    const reader = new PcmReader(channels);
    const playing: { endS: number; ended: Promise<void> }[] = [];
    let nextS = 0;
    for (let piece = await pieces.next(); !piece.done && !this.#over; piece = await pieces.next()) {
      const samples = reader.read(piece.value);
      const length = samples[0]?.length ?? 0;
      if (length === 0) continue;
      const buffer = this.#context.createBuffer(channels, length, rateHz);
      samples.forEach((each, channel) => {
        buffer.copyToChannel(each, channel);
      });
      if (nextS < this.#context.currentTime) nextS = this.#context.currentTime + START_DELAY_S;
      const ended = this.#schedule(buffer, nextS);
      nextS += buffer.duration;
      playing.push({ endS: nextS, ended });
      while (playing.length > 1 && (playing[0]?.endS ?? 0) < this.#context.currentTime) playing.shift();
      while (nextS - this.#context.currentTime > READ_AHEAD_S && !this.#over) await playing.shift()?.ended;
    }
    await playing.at(-1)?.ended;
    this.#end(true);
  }

  /** Plays a buffer at a time of the context's clock; settles when it was heard or stopped. */
  #schedule(buffer: AudioBuffer, atS: number): Promise<void> {
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    this.#connect(source);
    return new Promise((resolve) => {
      source.addEventListener(
        "ended",
        () => {
          source.disconnect();
          this.#nodes.delete(source);
          resolve();
        },
        { once: true },
      );
      source.start(atS);
    });
  }

  #connect(node: AudioNode): void {
    node.connect(this.#destination);
    this.#nodes.add(node);
  }

  #end(played: boolean): void {
    if (this.#over) return;
    this.#over = true;
    for (const node of this.#nodes) {
      node.disconnect();
      if (node instanceof AudioBufferSourceNode) node.stop();
    }
    this.#nodes.clear();
    this.#closeStream();
    this.#settle(played);
  }

  #break(error: unknown): void {
    this.#fail(asSessionError(error, "invalid_audio", messages.audioStreamFailed));
    this.#end(false);
  }
}

interface Pieces {
  next(): Promise<IteratorResult<PcmChunk>>;
  /** Tells the source that nothing more is wanted, also while a piece is awaited. */
  close(): void;
}

function open(chunks: PcmStream["chunks"]): Pieces {
  if (chunks instanceof ReadableStream) {
    // Not every browser can iterate over a stream, and a reader can be cancelled while it reads.
    const reader = chunks.getReader();
    return {
      next: async () => {
        const { value } = await reader.read();
        return value === undefined ? { done: true, value } : { done: false, value };
      },
      close: () => void reader.cancel().catch(() => undefined), // a stream that broke is closed already
    };
  }
  const iterator =
    Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  return {
    next: async () => iterator.next(),
    close: () => void Promise.resolve(iterator.return?.()).catch(() => undefined),
  };
}
