import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { commands } from "vitest/browser";
import { Avatar } from "../../../testing/avatar.js";
import { AvatarSession, type AvatarSessionOptions } from "../../src/index.js";

let room = "";
let avatar: Avatar;
let session: AvatarSession;

beforeEach(async () => {
  room = `room-${crypto.randomUUID()}`;
  avatar = await Avatar.join(room);
});

afterEach(async () => {
  await session.disconnect();
  await avatar.leave();
  await commands.allowMicrophone(true);
});

async function connect(options: Partial<AvatarSessionOptions> = {}, grant = {}): Promise<void> {
  session = new AvatarSession({
    createSession: async () => ({
      sessionId: "ses",
      livekitUrl: inject("rooms").url,
      token: await commands.mintToken(room, "user", grant),
    }),
    ...options,
  });
  await session.connect();
}

const until = <T>(check: () => T) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

test("opens by itself, and is silenced and opened by hand", async () => {
  await commands.allowMicrophone(true);
  await connect();
  expect(session.getState()).toMatchObject({ muted: false, error: null });
  await until(() => expect(avatar.heard).toHaveLength(1));
  await session.setMicEnabled(false);
  expect(session.getState().muted).toBe(true);
  await session.setMicEnabled(true);
  expect(session.getState().muted).toBe(false);
});

test("one that is not allowed is said, and the session goes on", async () => {
  await commands.allowMicrophone(false);
  await connect();
  const { phase, muted, error } = session.getState();
  expect({ phase, muted }).toEqual({ phase: "connected", muted: true });
  expect(error).toMatchObject({ code: "microphone_denied" });
  await commands.allowMicrophone(true);
  await session.setMicEnabled(true);
  expect(session.getState()).toMatchObject({ muted: false, error: null });
});

test("one that is lost and cannot be replaced is said", async () => {
  await commands.allowMicrophone(true);
  await connect();
  const [publication] = session.getState().room?.localParticipant.audioTrackPublications.values() ?? [];
  const device = publication?.track?.mediaStreamTrack;
  await commands.allowMicrophone(false);
  device?.stop();
  device?.dispatchEvent(new Event("ended")); // a browser says it of itself when the device goes
  await until(() => expect(session.getState().error?.code).toBe("microphone_lost"));
  expect(session.getState()).toMatchObject({ phase: "connected", muted: true });
});

test("stays closed where it is not wanted", async () => {
  await connect({ autoEnableMic: false });
  expect(session.getState().muted).toBe(true);
  expect(session.getState().room?.localParticipant.trackPublications.size).toBe(0);
});

test("a viewer is asked for none, and may say nothing", async () => {
  await connect({}, { canPublish: false, canPublishData: false });
  expect(session.getState()).toMatchObject({ phase: "connected", muted: true, error: null });
  await expect(session.speak(new Int16Array(4).buffer)).rejects.toMatchObject({ code: "not_allowed" });
});
