import { expect, test } from "vitest";
import { loudness, SpeakingDetector } from "../../src/audio/level.js";

const sine = (amplitude: number) =>
  Float32Array.from({ length: 2048 }, (_, at) => amplitude * Math.sin((2 * Math.PI * 16 * at) / 2048));

test("a meter goes by decibels", () => {
  expect(loudness(new Float32Array(2048))).toBe(0);
  expect(loudness(sine(Math.SQRT2))).toBeCloseTo(1);
  expect(loudness(sine(Math.SQRT2 / 10))).toBeCloseTo(2 / 3); // -20 dB
  expect(loudness(sine(Math.SQRT2 / 10_000))).toBe(0);
});

/** What the detector says of readings, as times in readings at which it changed. */
function changes(levels: number[]): number[] {
  const detector = new SpeakingDetector();
  const said = levels.map((level) => detector.update(level));
  return said.flatMap((each, at) => (each === (said[at - 1] ?? false) ? [] : [at]));
}
const readings = (count: number, level: number): number[] => Array(count).fill(level);

test("speech begins within 100 ms, lasts through pauses, and ends 400 ms after the last sound", () => {
  const sentence = [...readings(10, 0), ...readings(20, 0.6), ...readings(5, 0), ...readings(20, 0.6)];
  expect(changes([...sentence, ...readings(20, 0)])).toEqual([11, 62]);
});

test("a click is no speech, and a room's noise is not after it was heard for a while", () => {
  expect(changes([...readings(10, 0), 0.9, ...readings(10, 0)])).toEqual([]);
  const noise = readings(400, 0.3);
  const [begin, end] = changes(noise);
  expect(begin).toBe(1);
  expect(end).toBeLessThan(100);
});

test("a voice that does not pause stays a voice", () => {
  expect(changes(readings(1200, 0.7))).toEqual([1]);
});
