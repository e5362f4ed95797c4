import { SessionError } from "../errors.js";
import { messages } from "../messages.js";

/** Sound that comes in pieces, as speech synthesisers send it. @public */
export interface PcmStream {
  /** Samples a second of one channel, 8000 to 96000. */
  rateHz: number;
  /** 1 (default) or 2; samples of two channels take turns. */
  channels?: 1 | 2;
  /**
   * The pieces, of any length: signed 16-bit integers, or floats from -1 to 1. Bytes are read as
   * signed 16-bit little-endian, and may be cut anywhere.
   */
  chunks: AsyncIterable<PcmChunk> | Iterable<PcmChunk> | ReadableStream<PcmChunk>;
}

/** One piece of a {@link PcmStream}. @public */
export type PcmChunk = Int16Array | Float32Array | Uint8Array | ArrayBuffer;

/**
 * Sound in any shape that a page may have it in: a file as base64, data URL, Blob or bytes; decoded
 * sound; a live track; or a stream of samples.
 *
 * @public
 */
export type AudioInput =
  | string
  | Blob
  | ArrayBuffer
  | Uint8Array
  | AudioBuffer
  | MediaStreamTrack
  | PcmStream;

/** Sound that can be played. */
export type Sound = AudioBuffer | MediaStreamTrack | PcmStream;

/**
 * Makes sound playable, decoding files.
 *
 * @throws SessionError `invalid_audio` when it is no sound.
 */
export async function readAudio(context: BaseAudioContext, input: AudioInput): Promise<Sound> {
  if (input instanceof AudioBuffer) return input;
  if (input instanceof MediaStreamTrack) return checkTrack(input);
  if (typeof input === "object" && "chunks" in input) return checkStream(input);
  try {
    const bytes = await readBytes(input);
    if (bytes.byteLength === 0) throw new SessionError("invalid_audio", messages.audioEmpty);
    return await context.decodeAudioData(bytes);
  } catch (error) {
    if (error instanceof SessionError) throw error;
    throw new SessionError("invalid_audio", messages.audioUnreadable, { cause: error });
  }
}

/** The bytes of a file, in a buffer of their own: decoding takes the buffer away from its owner. */
async function readBytes(input: string | Blob | ArrayBuffer | Uint8Array): Promise<ArrayBuffer> {
  if (typeof input === "string") return fromBase64(input);
  if (input instanceof Blob) return input.arrayBuffer();
  if (input instanceof ArrayBuffer) return input.slice(0);
  if (input instanceof Uint8Array) return new Uint8Array(input).buffer;
  throw new SessionError("invalid_audio", messages.audioOfNoKind);
}

function fromBase64(text: string): ArrayBuffer {
  const encoded = text.replace(/^data:[^,]*;base64,/, "").replace(/\s/g, "");
  try {
    return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)).buffer;
  } catch (error) {
    throw new SessionError("invalid_audio", messages.audioNotBase64, { cause: error });
  }
}

function checkTrack(track: MediaStreamTrack): MediaStreamTrack {
  if (track.kind !== "audio") throw new SessionError("invalid_audio", messages.audioWrongTrack);
  if (track.readyState === "ended") throw new SessionError("invalid_audio", messages.audioTrackEnded);
  return track;
}

function checkStream(stream: PcmStream): PcmStream {
  const { rateHz, channels = 1 } = stream;
  if (!(rateHz >= 8000 && rateHz <= 96000)) {
    throw new SessionError("invalid_audio", messages.audioRate);
  }
  if (channels !== 1 && channels !== 2) throw new SessionError("invalid_audio", messages.audioChannels);
  return stream;
}

/** Turns pieces cut anywhere into whole samples, one array a channel. */
export class PcmReader {
  readonly #channels: number;
  #rest = new Uint8Array(0);

  constructor(channels: number) {
    this.#channels = channels;
  }

  /** Samples from -1 to 1, shape `(channels, samples)`; what is no whole sample waits for the next piece. */
  read(chunk: PcmChunk): Float32Array<ArrayBuffer>[] {
    const samples = chunk instanceof Float32Array ? chunk : this.#integers(chunk);
    const scale = chunk instanceof Float32Array ? 1 : 1 / 32768;
    const count = Math.floor(samples.length / this.#channels);
    return Array.from({ length: this.#channels }, (_, channel) =>
      Float32Array.from({ length: count }, (_, at) => (samples[at * this.#channels + channel] ?? 0) * scale),
    );
  }

  #integers(chunk: Int16Array | Uint8Array | ArrayBuffer): Int16Array {
    const piece =
      chunk instanceof ArrayBuffer
        ? new Uint8Array(chunk)
        : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = new Uint8Array(this.#rest.length + piece.length);
    bytes.set(this.#rest);
    bytes.set(piece, this.#rest.length);
    const whole = bytes.length - (bytes.length % (2 * this.#channels));
    this.#rest = bytes.slice(whole);
    const view = new DataView(bytes.buffer, 0, whole);
    return Int16Array.from({ length: whole / 2 }, (_, at) => view.getInt16(at * 2, true));
  }
}
