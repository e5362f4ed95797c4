import { expect } from "vitest";
import type { AvatarSession } from "../../src/index.js";
import { test, until } from "./room.js";

function pictureReceiver(session: AvatarSession): RTCRtpReceiver {
  const [avatar] = session.getState().room?.remoteParticipants.values() ?? [];
  const [publication] = avatar?.videoTrackPublications.values() ?? [];
  const receiver = publication?.track?.receiver;
  if (receiver === undefined) throw new Error("no picture yet");
  return receiver;
}

test("the picture waits from its first moment, then as long as the sound does, then no longer", async ({
  avatar,
  session,
}) => {
  await avatar.showPicture();
  await until(() => expect(session.getState().phase).toBe("active"));
  const receiver = pictureReceiver(session);
  expect(receiver.jitterBufferTarget).toBe(100);
  await avatar.playTone();
  await until(() => expect(receiver.jitterBufferTarget).not.toBe(100));
  expect(receiver.jitterBufferTarget).toBeGreaterThan(0);
  await session.disconnect();
  expect(receiver.jitterBufferTarget).toBeNull();
});

test("without sound the picture waits for nothing", async ({ avatar, session }) => {
  await avatar.playTone();
  await avatar.showPicture();
  await until(() => expect(session.getState().phase).toBe("active"));
  const receiver = pictureReceiver(session);
  expect(receiver.jitterBufferTarget).not.toBeNull();
  await avatar.hideSound();
  await until(() => expect(receiver.jitterBufferTarget).toBeNull());
});
