/** Samples a second of the sounds that tests make. */
export const RATE_HZ = 24_000;

/** A tone of 440 Hz, signed 16-bit. */
export function tone(durationS: number): Int16Array<ArrayBuffer> {
  const step = (2 * Math.PI * 440) / RATE_HZ;
  return Int16Array.from({ length: durationS * RATE_HZ }, (_, at) => 20_000 * Math.sin(at * step));
}

/** The tone as a WAV file. */
export const wav = (durationS: number): ArrayBuffer => wavOf(tone(durationS));

/** Samples as a WAV file. */
export function wavOf(samples: Int16Array): ArrayBuffer {
  const file = new ArrayBuffer(44 + samples.byteLength);
  const view = new DataView(file);
  const write = (at: number, text: string) => new Uint8Array(file, at).set(new TextEncoder().encode(text));
  write(0, "RIFF");
  view.setUint32(4, 36 + samples.byteLength, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, RATE_HZ * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, samples.byteLength, true);
  new Int16Array(file, 44).set(samples);
  return file;
}
