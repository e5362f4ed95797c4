import { RemoteAudioTrack } from "livekit-client";
import { expect } from "vitest";
import { Avatar } from "../../../testing/avatar.js";
import type { AvatarSession } from "../../src/index.js";
import { test, until } from "./room.js";

const AVATAR_HZ = 440;
const PERSON_HZ = 990;

/** The sounds that the page plays now, of everybody in the room. */
function played(session: AvatarSession): RemoteAudioTrack[] {
  const people = [...(session.getState().room?.remoteParticipants.values() ?? [])];
  return people
    .flatMap((person) => [...person.audioTrackPublications.values()].map(({ track }) => track))
    .filter((track): track is RemoteAudioTrack => track instanceof RemoteAudioTrack)
    .filter((track) => track.attachedElements.some((element) => !element.paused && !element.muted));
}

/** How much of what is played is of a tone: its correlation with it, squared, 0 to 1. */
function listen(context: AudioContext, tracks: RemoteAudioTrack[]): (frequencyHz: number) => number {
  const mixed = new AnalyserNode(context, { fftSize: 16_384 });
  for (const { mediaStreamTrack } of tracks)
    context.createMediaStreamSource(new MediaStream([mediaStreamTrack])).connect(mixed);
  const samples = new Float32Array(mixed.fftSize);
  return (frequencyHz) => {
    mixed.getFloatTimeDomainData(samples);
    const step = (2 * Math.PI * frequencyHz) / context.sampleRate;
    const along = samples.reduce((sum, each, at) => sum + each * Math.cos(step * at), 0);
    const across = samples.reduce((sum, each, at) => sum + each * Math.sin(step * at), 0);
    const power = samples.reduce((sum, each) => sum + each * each, 0);
    return power ? (2 * (along ** 2 + across ** 2)) / (samples.length * power) : 0;
  };
}

test("the avatar is heard, and no person in its room", async ({ room, avatar, session, onTestFinished }) => {
  const person = await Avatar.join(room, "person");
  onTestFinished(() => person.leave());
  await person.playTone(PERSON_HZ);
  await person.showPicture();
  await until(() => {
    const track = [...person.room.localParticipant.audioTrackPublications.values()];
    expect(session.getState().room?.remoteParticipants.get("person")?.trackPublications.size).toBe(2);
    expect(track).toHaveLength(1);
  });
  await avatar.playTone(AVATAR_HZ);
  await until(() => expect(played(session)).toHaveLength(1));
  const context = new AudioContext();
  onTestFinished(() => context.close());
  const share = listen(context, played(session));
  await until(() => expect(share(AVATAR_HZ)).toBeGreaterThan(0.9));
  expect(share(PERSON_HZ)).toBeLessThan(0.05);
  expect(session.getState().phase).toBe("connected"); // a person's picture is not the avatar's
  const publications = session.getState().room?.remoteParticipants.get("person")?.trackPublications;
  for (const { isSubscribed } of publications?.values() ?? []) expect(isSubscribed).toBe(false);
});
