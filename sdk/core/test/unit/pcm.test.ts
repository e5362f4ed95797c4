import { expect, test } from "vitest";
import { PcmReader } from "../../src/audio/input.js";

const SAMPLES = Int16Array.from([0, 16384, -32768, 32767, -1, 8192]);
const bytes = () => new Uint8Array(SAMPLES.buffer.slice(0));

test.each([1, 2, 3, 5, 7, 12])("bytes cut every %i bytes are the same samples", (size) => {
  const reader = new PcmReader(1);
  const read: number[] = [];
  for (let at = 0; at < 12; at += size) read.push(...(reader.read(bytes().subarray(at, at + size))[0] ?? []));
  expect(read).toEqual([...SAMPLES].map((each) => each / 32768));
});

test("samples of two channels take turns", () => {
  const [left, right] = new PcmReader(2).read(SAMPLES);
  expect([...(left ?? [])]).toEqual([0, -1, -1 / 32768]);
  expect([...(right ?? [])]).toEqual([0.5, 32767 / 32768, 0.25]);
});

test("floats stay as they are, and a piece of a larger buffer is only that piece", () => {
  expect(new PcmReader(1).read(Float32Array.from([0.25, -1]))).toEqual([Float32Array.from([0.25, -1])]);
  const [read] = new PcmReader(1).read(new Int16Array(SAMPLES.buffer, 2, 2));
  expect([...(read ?? [])]).toEqual([0.5, -1]);
});
