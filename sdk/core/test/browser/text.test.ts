import { DataPacket, Transcription } from "@livekit/protocol";
import { RoomEvent } from "livekit-client";
import { expect } from "vitest";
import { test as inRoom, until } from "./room.js";

const test = inRoom.extend(
  "transcribe",
  ({ avatar }) =>
    /** Sends a transcription as an agent does: about somebody's words, in a packet of its own kind. */
    async (identity: string, id: string, text: string, final: boolean): Promise<void> => {
      const value = new Transcription({
        transcribedParticipantIdentity: identity,
        segments: [{ id, text, final, language: "en" }],
      });
      const packet = new DataPacket({ value: { case: "transcription", value } });
      await avatar.room.engine.sendDataPacket(packet, 0);
    },
);

test("what user and agent say becomes messages", async ({ session, transcribe }) => {
  await transcribe("user", "1", "How", false);
  await transcribe("user", "1", "How are you?", true);
  await transcribe("avatar", "2", "Fine", false);
  await until(() => expect(session.getState().messages).toHaveLength(2));
  await transcribe("avatar", "2", "Fine, thank you.", true);
  await until(() => expect(session.getState().messages.every(({ final }) => final)).toBe(true));
  expect(session.getState().messages).toMatchObject([
    { id: "1", role: "user", text: "How are you?", final: true },
    { id: "2", role: "agent", text: "Fine, thank you.", final: true },
  ]);
});

test("a chat goes to the agent and into the messages", async ({ avatar, session }) => {
  const heard = new Promise<string>((resolve) => {
    avatar.room.registerTextStreamHandler("lk.chat", (reader) => void reader.readAll().then(resolve));
  });
  await session.sendChat("What is the time?");
  expect(await heard).toBe("What is the time?");
  expect(session.getState().messages).toMatchObject([
    { role: "user", text: "What is the time?", final: true },
  ]);
});

test("a text to be said is a data message", async ({ avatar, session }) => {
  const heard = new Promise<string>((resolve) => {
    avatar.room.once(RoomEvent.DataReceived, (payload) => resolve(new TextDecoder().decode(payload)));
  });
  await session.sayText("Hello!");
  expect(JSON.parse(await heard)).toEqual({ type: "speak", text: "Hello!" });
});

test("outside of a session nothing can be sent", async ({ session }) => {
  await session.disconnect();
  await expect(session.sendChat("…")).rejects.toMatchObject({ code: "not_connected" });
  await expect(session.sayText("…")).rejects.toMatchObject({ code: "not_connected" });
});
