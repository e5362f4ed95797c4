import { DataPacket, Transcription } from "@livekit/protocol";
import { type AtlasSession, useAtlasSession } from "@northmodellabs/atlas-react";
import { RoomEvent } from "livekit-client";
import { expect, inject, test, vi } from "vitest";
import { commands } from "vitest/browser";
import { render } from "vitest-browser-react";
import { Avatar } from "../../testing/avatar.js";
import { wav } from "../../testing/sounds.js";

const until = <T,>(check: () => T) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

test("the hosted service's package works in our rooms, unmodified", async ({ onTestFinished }) => {
  const room = `room-${crypto.randomUUID()}`;
  const avatar = await Avatar.join(room);
  onTestFinished(() => avatar.leave());
  const deleted: string[] = [];
  let seen: AtlasSession | undefined;

  function Page() {
    const session = useAtlasSession({
      createSession: async () => {
        const token = await commands.mintToken(room, "user");
        return { sessionId: `ses-${room}`, livekitUrl: inject("rooms").url, token };
      },
      deleteSession: async (id) => void deleted.push(id),
      autoEnableMic: false,
    });
    seen = session;
    return <div ref={session.videoRef} style={{ width: 256, height: 256 }} />;
  }

  await render(<Page />);
  await avatar.showPicture();
  await seen?.connect();
  await until(() => expect(document.querySelector("video")?.videoWidth).toBeGreaterThan(0));

  const said = new Transcription({
    transcribedParticipantIdentity: "avatar",
    segments: [{ id: "1", text: "We open at nine.", final: true, language: "en" }],
  });
  await avatar.room.engine.sendDataPacket(
    new DataPacket({ value: { case: "transcription", value: said } }),
    0,
  );
  await until(() =>
    expect(seen?.messages).toMatchObject([{ id: "1", role: "agent", text: "We open at nine.", final: true }]),
  );

  const asked = new Promise((resolve) => {
    avatar.room.on(RoomEvent.DataReceived, (data) => resolve(JSON.parse(new TextDecoder().decode(data))));
  });
  seen?.sendChat("When do you open?");
  expect(await asked).toEqual({ type: "speak", text: "When do you open?" });

  await seen?.publishAudio(new Blob([wav(1)]));
  await until(() => expect(avatar.heard).toEqual(["tts-audio"]));
  await until(() => expect(avatar.heard).toEqual([]));
  await seen?.disconnect();
  expect(deleted).toEqual([`ses-${room}`]);
});
