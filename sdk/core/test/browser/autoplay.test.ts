import { expect } from "vitest";
import { userEvent } from "vitest/browser";
import { Avatar } from "../../../testing/avatar.js";
import { AvatarSession } from "../../src/index.js";
import { infoOf, test, until } from "./room.js";

test("sound that the browser holds back is said, and plays after a touch", async ({ room }) => {
  const session = new AvatarSession({ createSession: () => infoOf(room), autoEnableMic: false });
  await session.connect();
  await session.openVoice();
  await until(() => expect(session.getState().audioBlocked).toBe(true));

  const button = document.body.appendChild(document.createElement("button"));
  button.textContent = "Play";
  button.addEventListener("click", () => void session.startAudio());
  await userEvent.click(button);
  await until(() => expect(session.getState().audioBlocked).toBe(false));

  const avatar = await Avatar.join(room);
  await avatar.playTone();
  await until(() => {
    const [remote] = session.getState().room?.remoteParticipants.values() ?? [];
    const [publication] = remote?.audioTrackPublications.values() ?? [];
    expect(publication?.track?.attachedElements[0]?.paused).toBe(false);
  });
  await session.disconnect();
  await avatar.leave();
});
