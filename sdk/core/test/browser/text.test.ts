import {
  DataPacket,
  DataStream_Chunk,
  DataStream_Header,
  DataStream_TextHeader,
  DataStream_Trailer,
  Transcription,
} from "@livekit/protocol";
import { RoomEvent } from "livekit-client";
import { expect } from "vitest";
import { commands } from "vitest/browser";
import { Avatar } from "../../../testing/avatar.js";
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

/** Writes a segment as a text stream, as agents do. */
async function stream(
  avatar: Avatar,
  id: string,
  pieces: string[],
  final = "true",
  senderIdentity = "avatar",
) {
  const writer = await avatar.room.localParticipant.streamText({
    topic: "lk.transcription",
    senderIdentity,
    attributes: { "lk.segment_id": id, "lk.transcription_final": final },
  } as Parameters<typeof avatar.room.localParticipant.streamText>[0]);
  for (const piece of pieces) await writer.write(piece);
  return writer;
}

/** Writes down what the user said, as an agent does: a whole stream for each version, in the user's name. */
async function streamOfUser(avatar: Avatar, id: string, text: string, final: string): Promise<void> {
  const streamId = crypto.randomUUID();
  const send = (value: DataPacket["value"]) =>
    avatar.room.engine.sendDataPacket(new DataPacket({ value, participantIdentity: "user" }), 0);
  const attributes = { "lk.segment_id": id, "lk.transcription_final": final };
  const contentHeader = { case: "textHeader", value: new DataStream_TextHeader() } as const;
  const header = { streamId, topic: "lk.transcription", mimeType: "text/plain", attributes, contentHeader };
  await send({ case: "streamHeader", value: new DataStream_Header(header) });
  const content = new TextEncoder().encode(text);
  await send({ case: "streamChunk", value: new DataStream_Chunk({ streamId, content }) });
  await send({ case: "streamTrailer", value: new DataStream_Trailer({ streamId }) });
}

test("text streams become messages: of the agent piece by piece, of the user version by version", async ({
  avatar,
  session,
}) => {
  await streamOfUser(avatar, "1", "When do you", "false");
  await until(() =>
    expect(session.getState().messages).toMatchObject([
      { id: "1", role: "user", text: "When do you", final: false },
    ]),
  );
  await streamOfUser(avatar, "1", "When do you open?", "true");
  const answer = await stream(avatar, "2", ["We open ", "at nine"]);
  await until(() =>
    expect(session.getState().messages).toMatchObject([
      { id: "1", role: "user", text: "When do you open?", final: true },
      { id: "2", role: "agent", text: "We open at nine", final: false },
    ]),
  );
  await answer.write(".");
  await answer.close();
  await until(() =>
    expect(session.getState().messages).toMatchObject([
      { id: "1" },
      { text: "We open at nine.", final: true },
    ]),
  );
});

test("what comes both ways is one message each", async ({ avatar, session, transcribe }) => {
  await transcribe("avatar", "old-1", "We open", false);
  await until(() => expect(session.getState().messages).toHaveLength(1));
  const answer = await stream(avatar, "new-1", ["We open at nine."]);
  await transcribe("avatar", "old-1", "We open at nine.", true);
  await answer.close();
  await transcribe("avatar", "old-2", "And close at six.", true);
  const next = await stream(avatar, "new-2", ["And close at six."]);
  await next.close();
  await until(() =>
    expect(session.getState().messages).toMatchObject([
      { text: "We open at nine.", final: true },
      { text: "And close at six.", final: true },
    ]),
  );
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

/** What the avatar was asked to say, in order; it answers as a server does that has a voice. */
async function answerSpeech(avatar: Avatar, answer: Record<string, unknown>): Promise<unknown[]> {
  const asked: unknown[] = [];
  avatar.room.on(RoomEvent.DataReceived, (payload) => {
    const { id, ...rest } = JSON.parse(new TextDecoder().decode(payload));
    asked.push(rest);
    const said = new TextEncoder().encode(JSON.stringify({ type: "speak_result", id, ...answer }));
    void avatar.room.localParticipant.publishData(said, { reliable: true, topic: "visavis.speak" });
  });
  return asked;
}

test("a text to be said is a data message, and said once it was accepted", async ({ avatar, session }) => {
  const asked = await answerSpeech(avatar, { status: "accepted" });
  await session.sayText("Hello!");
  await session.sayText("Goodbye!");
  expect(asked).toEqual([
    { type: "speak", text: "Hello!" },
    { type: "speak", text: "Goodbye!" },
  ]);
});

test("a text is spoken while it is written, in order, and an interruption ends it", async ({
  avatar,
  session,
}) => {
  const asked = await answerSpeech(avatar, { status: "accepted" });
  let goOn: () => void = () => undefined;
  const more = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const source = (async function* () {
    yield "We open at ";
    yield "nine. And";
    await more;
    yield " we close";
  })();
  const speaking = session.speakText(source);
  const next = session.speakText("Goodbye!");
  await until(() => expect(asked).toEqual([{ type: "speak", text: "We open at nine." }]));
  session.interrupt();
  expect(await speaking).toBe(false);
  expect(await next).toBe(false);
  await until(() => expect(asked.at(-1)).toEqual({ type: "interrupt" }));
  goOn();
  expect(await session.speakText("Hello again!")).toBe(true);
  expect(asked.slice(2)).toEqual([{ type: "speak", text: "Hello again!" }]);
});

test("a text that the server refuses is an error with its code and message", async ({ avatar, session }) => {
  await answerSpeech(avatar, { status: "rejected", code: "model_not_ready", message: "Run this first." });
  await expect(session.sayText("Hello!")).rejects.toMatchObject({
    code: "model_not_ready",
    message: "Run this first.",
  });
});

test("a text that nothing speaks is an error, and so is one at the end of the session", async ({
  session,
}) => {
  await expect(session.sayText("Hello!")).rejects.toMatchObject({ code: "not_spoken" });
  const saying = session.sayText("Hello!");
  const refused = expect(saying).rejects.toMatchObject({ code: "not_connected" });
  await session.disconnect();
  await refused;
});

test("a chat that nobody answers is an error; one to an agent that is on its way is not", async ({
  room,
  session,
}) => {
  await commands.setAttributes(room, "avatar", { "visavis.generated": "true" });
  await until(() => {
    const shown = session.getState().room?.getParticipantByIdentity("avatar");
    expect(shown?.attributes).toMatchObject({ "visavis.generated": "true" });
  });
  await expect(session.sendChat("Hello?")).rejects.toMatchObject({ code: "no_agent" });
  expect(session.getState().messages).toEqual([]);
  const asking = session.sendChat("Hello?");
  const agent = await Avatar.join(room, "agent", { agent: true });
  await asking;
  expect(session.getState().messages).toMatchObject([{ role: "user", text: "Hello?" }]);
  await agent.leave();
});

test("outside of a session nothing can be sent", async ({ session }) => {
  await session.disconnect();
  await expect(session.sendChat("…")).rejects.toMatchObject({ code: "not_connected" });
  await expect(session.sayText("…")).rejects.toMatchObject({ code: "not_connected" });
});
