import { afterEach, expect } from "vitest";
import { commands } from "vitest/browser";
import type { AvatarSession, AvatarSessionOptions } from "../../src/index.js";
import { test as inRoom, until } from "./room.js";

const test = inRoom.extend(
  "connect",
  ({ makeSession }) =>
    async (options: Partial<AvatarSessionOptions> = {}, grant = {}): Promise<AvatarSession> => {
      const session = makeSession(options, grant);
      await session.connect();
      return session;
    },
);

afterEach(async () => {
  await commands.allowMicrophone(true);
});

test("opens by itself, and is silenced and opened by hand", async ({ connect, avatar }) => {
  await commands.allowMicrophone(true);
  const session = await connect();
  expect(session.getState()).toMatchObject({ muted: false, error: null });
  await until(() => expect(avatar.heard).toHaveLength(1));
  await session.setMicEnabled(false);
  expect(session.getState().muted).toBe(true);
  await session.setMicEnabled(true);
  expect(session.getState().muted).toBe(false);
});

test("one that is not allowed is said, and the session goes on", async ({ connect }) => {
  await commands.allowMicrophone(false);
  const session = await connect();
  const { phase, muted, error } = session.getState();
  expect({ phase, muted }).toEqual({ phase: "connected", muted: true });
  expect(error).toMatchObject({ code: "microphone_denied" });
  await commands.allowMicrophone(true);
  await session.setMicEnabled(true);
  expect(session.getState()).toMatchObject({ muted: false, error: null });
});

test("one that is lost and cannot be replaced is said", async ({ connect }) => {
  await commands.allowMicrophone(true);
  const session = await connect();
  const [publication] = session.getState().room?.localParticipant.audioTrackPublications.values() ?? [];
  const device = publication?.track?.mediaStreamTrack;
  await commands.allowMicrophone(false);
  device?.stop();
  device?.dispatchEvent(new Event("ended")); // a browser says it of itself when the device goes
  await until(() => expect(session.getState().error?.code).toBe("microphone_lost"));
  expect(session.getState()).toMatchObject({ phase: "connected", muted: true });
});

test("stays closed where it is not wanted", async ({ connect }) => {
  const session = await connect({ autoEnableMic: false });
  expect(session.getState().muted).toBe(true);
  expect(session.getState().room?.localParticipant.trackPublications.size).toBe(0);
});

test("a viewer is asked for none, and may say nothing", async ({ connect }) => {
  const session = await connect({}, { canPublish: false, canPublishData: false });
  expect(session.getState()).toMatchObject({ phase: "connected", muted: true, error: null });
  await expect(session.speak(new Int16Array(4).buffer)).rejects.toMatchObject({ code: "not_allowed" });
});
