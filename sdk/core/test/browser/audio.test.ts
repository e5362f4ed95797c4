import { expect } from "vitest";
import { commands } from "vitest/browser";
import type { Avatar } from "../../../testing/avatar.js";
import { RATE_HZ, tone, wav } from "../../../testing/sounds.js";
import type { AudioInput, PcmStream } from "../../src/index.js";
import { test, until } from "./room.js";

const LOUD = 0.05;
const VOICE = "visavis-voice";

/** How loud what the avatar hears is, once it hears the voice. */
async function listen(avatar: Avatar): Promise<() => number> {
  await until(() => expect(avatar.heard).toEqual([VOICE]));
  return avatar.meter();
}

function base64(file: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(file)));
}

function liveTone(): MediaStreamTrack {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const oscillator = new OscillatorNode(context);
  oscillator.connect(destination);
  oscillator.start();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error("no tone");
  return track;
}

function stream(durationS: number): PcmStream {
  const samples = tone(durationS);
  const chunks = function* () {
    for (let at = 0; at < samples.length; at += 480) yield samples.slice(at, at + 480);
  };
  return { rateHz: RATE_HZ, chunks: chunks() };
}

const INPUTS: [string, () => AudioInput | Promise<AudioInput>][] = [
  ["base64", () => base64(wav(2))],
  ["a data URL", () => `data:audio/wav;base64,${base64(wav(2))}`],
  ["a Blob", () => new Blob([wav(2)], { type: "audio/wav" })],
  ["an ArrayBuffer", () => wav(2)],
  ["bytes", () => new Uint8Array(wav(2))],
  ["an AudioBuffer", () => new OfflineAudioContext(1, 1, RATE_HZ).decodeAudioData(wav(2))],
  ["a live track", liveTone],
  ["a stream of samples", () => stream(2)],
  [
    "a ReadableStream",
    () => ({ rateHz: RATE_HZ, chunks: new Blob([tone(2).buffer as ArrayBuffer]).stream() }),
  ],
];

test.for(INPUTS)(
  "the avatar hears %s, and nothing once it is stopped",
  async ([, input], { avatar, session }) => {
    await session.openVoice();
    const level = await listen(avatar);
    const handle = await session.speak(await input());
    await until(() => expect(level()).toBeGreaterThan(LOUD));
    handle.stop();
    expect(await handle.finished).toBe(false);
    await until(() => expect(level()).toBeLessThan(LOUD / 10));
  },
);

test("the server is told that the voice has two channels", async ({ session }) => {
  await session.openVoice();
  // LiveKit's server has it mixed into one otherwise, and not every browser reports how many a track has.
  const publications = session.getState().room?.localParticipant.trackPublications.values() ?? [];
  expect([...publications].map(({ trackInfo }) => trackInfo?.stereo)).toEqual([true]);
});

test("the voice stays published between two sounds, and sounds end of themselves", async ({
  room,
  session,
}) => {
  for (const durationS of [0.2, 0.1]) {
    const handle = await session.speak(wav(durationS));
    expect(await handle.finished).toBe(true);
    expect(await commands.trackNames(room, "user")).toEqual([VOICE]);
  }
  expect(await (await session.speak(stream(0.3))).finished).toBe(true);
  const publications = session.getState().room?.localParticipant.trackPublications.size;
  expect(publications).toBe(1);
});

test("an interruption ends every sound at once", async ({ session }) => {
  const handles = await Promise.all([
    session.speak(wav(5)),
    session.speak(stream(5)),
    session.publishAudio(wav(5)),
  ]);
  session.interrupt();
  expect(await Promise.all(handles.map(({ finished }) => finished))).toEqual([false, false, false]);
});

test("a stream that is stopped is told so, also while it has nothing to give", async ({ session }) => {
  let cancelled = false;
  const chunks = new ReadableStream<Int16Array>({
    start: (controller) => controller.enqueue(tone(0.1)),
    cancel: () => {
      cancelled = true;
    },
  });
  const handle = await session.speak({ rateHz: RATE_HZ, chunks });
  handle.stop();
  await until(() => expect(cancelled).toBe(true));
});

test("a stream is read no further ahead than it needs to be", async ({ session }) => {
  let readS = 0;
  const chunks = (function* () {
    for (;;) {
      readS += 1;
      yield tone(1);
    }
  })();
  const handle = await session.speak({ rateHz: RATE_HZ, chunks });
  await until(() => expect(readS).toBeGreaterThan(4));
  const { currentTime: beganS } = document.timeline;
  await until(() => expect(document.timeline.currentTime).toBeGreaterThan(Number(beganS) + 300));
  expect(readS).toBeLessThan(9);
  handle.stop();
});

test("a stream that breaks says so", async ({ session }) => {
  const chunks = (async function* () {
    yield tone(0.1);
    throw new Error("the synthesiser went away");
  })();
  const handle = await session.speak({ rateHz: RATE_HZ, chunks });
  await expect(handle.finished).rejects.toMatchObject({
    code: "invalid_audio",
    message: "The audio stream failed: the synthesiser went away",
  });
});

test("a published sound has a track of its own, which goes with it, and the microphone rests", async ({
  room,
  session,
}) => {
  await commands.allowMicrophone(true);
  await session.setMicEnabled(true);
  const changes = [session.getState().muted];
  session.subscribe(() => {
    const { muted } = session.getState();
    if (changes.at(-1) !== muted) changes.push(muted);
  });
  const handle = await session.publishAudio(wav(5));
  expect(session.getState().muted).toBe(true);
  await until(async () => expect(await commands.trackNames(room, "user")).toContain("visavis-sound"));
  const next = await session.publishAudio(wav(0.5));
  expect(await handle.finished).toBe(false);
  expect(await next.finished).toBe(true);
  await until(() => expect(session.getState().muted).toBe(false));
  expect(changes).toEqual([false, true, false]);
  await until(async () => expect(await commands.trackNames(room, "user")).not.toContain("visavis-sound"));
});

test("a microphone that the user closes stays closed after the sound", async ({ room, session }) => {
  await commands.allowMicrophone(true);
  await session.setMicEnabled(true);
  const handle = await session.publishAudio(wav(0.3));
  await session.setMicEnabled(false);
  expect(await handle.finished).toBe(true);
  await until(async () => expect(await commands.trackNames(room, "user")).not.toContain("visavis-sound"));
  expect(session.getState().muted).toBe(true);
});

test("ending the session ends its sounds", async ({ session }) => {
  const handle = await session.speak(wav(5));
  await session.disconnect();
  expect(await handle.finished).toBe(false);
  await expect(session.speak(wav(1))).rejects.toMatchObject({ code: "not_connected" });
});

test.for<[string, AudioInput, string]>([
  ["an empty file", new ArrayBuffer(0), "The audio is empty."],
  ["no sound", new Blob(["hello"]), "Could not decode"],
  ["no base64", "§§§", "not base64"],
  ["an impossible rate", { rateHz: 1, chunks: [] }, "rateHz"],
])("refuses %s in words", async ([, input, words], { session }) => {
  await expect(session.speak(input)).rejects.toMatchObject({ code: "invalid_audio" });
  await expect(session.publishAudio(input)).rejects.toThrow(words);
});
