import { expect, inject, test, vi } from "vitest";
import { commands, userEvent } from "vitest/browser";
import { Avatar } from "../../../testing/avatar.js";
import { AvatarSession } from "../../src/index.js";

test("sound that the browser holds back is said, and plays after a touch", async () => {
  const room = `room-${crypto.randomUUID()}`;
  const session = new AvatarSession({
    createSession: async () => ({
      sessionId: "ses",
      livekitUrl: inject("rooms").url,
      token: await commands.mintToken(room, "user"),
    }),
    autoEnableMic: false,
  });
  await session.connect();
  await session.openVoice();
  await vi.waitFor(() => expect(session.getState().audioBlocked).toBe(true), { timeout: 10_000 });

  const button = document.body.appendChild(document.createElement("button"));
  button.textContent = "Play";
  button.addEventListener("click", () => void session.startAudio());
  await userEvent.click(button);
  await vi.waitFor(() => expect(session.getState().audioBlocked).toBe(false), { timeout: 10_000 });

  const avatar = await Avatar.join(room);
  await avatar.playTone();
  await vi.waitFor(
    () => {
      const [remote] = session.getState().room?.remoteParticipants.values() ?? [];
      const [publication] = remote?.audioTrackPublications.values() ?? [];
      expect(publication?.track?.attachedElements[0]?.paused).toBe(false);
    },
    { timeout: 10_000 },
  );
  await session.disconnect();
  await avatar.leave();
});
