import { afterEach, expect, vi } from "vitest";
import { commands, userEvent } from "vitest/browser";
import type { AvatarSession, ConnectionReport, SessionEnding, SessionEvents } from "../../src/index.js";
import { infoOf, test, until } from "./room.js";

afterEach(() => {
  document.body.replaceChildren();
});

/** What listeners of an event got so far. */
function record<E extends keyof SessionEvents>(session: AvatarSession, event: E): SessionEvents[E][] {
  const got: SessionEvents[E][] = [];
  session.on(event, (detail) => got.push(detail));
  return got;
}

test("the avatar speaks while it is heard", async ({ avatar, session }) => {
  const speaking = record(session, "avatarSpeaking");
  expect(session.getState().isSpeaking).toBe(false);
  await avatar.playTone();
  await until(() => expect(session.getState().isSpeaking).toBe(true));
  expect(session.level("avatar")).toBeGreaterThan(0.8);
  await avatar.hideSound();
  await until(() => expect(speaking).toEqual([true, false]));
  expect(session.level("avatar")).toBe(0);
});

test("the user speaks while the microphone hears it, and not while it is muted", async ({ makeSession }) => {
  const session = makeSession();
  const speaking = record(session, "userSpeaking");
  await session.connect();
  await until(() => expect(speaking[0]).toBe(true)); // the test browser's microphone beeps
  await session.setMicEnabled(false);
  await until(() => expect(session.getState().isUserSpeaking).toBe(false));
  expect(speaking.at(-1)).toBe(false);
  expect(session.level()).toBe(0);
});

test("a listener that was taken away hears nothing, and a session ends once", async ({
  room,
  avatar,
  session,
}) => {
  const listener = vi.fn();
  session.on("connection", listener)();
  const [connections, endings] = [record(session, "connection"), record(session, "ended")];
  await avatar.playTone();
  await until(() => expect(session.getState().quality).not.toBeNull());
  const measured: ConnectionReport | undefined = connections.at(-1);
  expect(measured).toMatchObject({ phase: "connected", quality: session.getState().quality });
  expect(measured?.latencyMs).toBe(session.getState().latency);
  await session.disconnect();
  await session.disconnect();
  expect(connections.at(-1)).toMatchObject({ phase: "ended", quality: null });
  expect(endings).toEqual([
    { sessionId: `ses-${room}`, reason: null, error: null },
  ] satisfies SessionEnding[]);
  expect(listener).not.toHaveBeenCalled();
});

test("the end that the server made comes with its reason", async ({ room, makeSession }) => {
  const getSession = async () => ({ end_reason: "max_duration" });
  const session = makeSession({ autoEnableMic: false, getSession });
  const endings = record(session, "ended");
  await session.connect();
  await commands.deleteRoom(room);
  await until(() => expect(endings).toHaveLength(1));
  expect(endings[0]?.reason).toBe("The session reached its maximum duration.");
});

test("aborting ends a session at any time, and before the backend is asked none is created", async ({
  room,
  makeSession,
}) => {
  const createSession = vi.fn(() => infoOf(room));
  const deleted: string[] = [];
  const session = makeSession({ createSession, deleteSession: async (id) => deleted.push(id) });
  await session.connect(null, null, { signal: AbortSignal.abort() });
  expect(session.getState().phase).toBe("idle");
  const before = new AbortController();
  const connecting = session.connect(null, null, before);
  before.abort();
  await connecting;
  expect(createSession).not.toHaveBeenCalled();
  const during = new AbortController();
  const again = session.connect(null, null, during);
  await until(() => expect(createSession).toHaveBeenCalled());
  during.abort();
  await again;
  await session.disconnect();
  expect(deleted).toEqual([`ses-${room}`]);
  expect(session.getState()).toMatchObject({ phase: "ended", error: null });
});

test("devices are listed and chosen, and the choice outlives the session", async ({
  avatar,
  makeSession,
}) => {
  const session = makeSession();
  const { microphones, speakers } = await session.listDevices({ ask: true });
  expect(microphones.length).toBeGreaterThan(1);
  expect(microphones.every(({ label }) => label !== "")).toBe(true);
  const [chosen] = microphones.filter(({ id }) => id !== "default");
  await session.connect();
  const used = () => {
    const [publication] = session.getState().room?.localParticipant.audioTrackPublications.values() ?? [];
    return publication?.track?.mediaStreamTrack.getSettings().deviceId;
  };
  await session.setMicrophone(chosen?.id ?? "");
  expect(session.getState()).toMatchObject({ microphoneId: chosen?.id, error: null });
  expect(used()).toBe(chosen?.id);
  await session.setMicrophone("unplugged");
  expect(session.getState()).toMatchObject({
    microphoneId: chosen?.id,
    error: { code: "microphone_missing" },
  });
  await avatar.playTone();
  await until(() => expect(session.level("avatar")).toBeGreaterThan(0));
  await session.setSpeaker("unplugged");
  expect(session.getState()).toMatchObject({ speakerId: null, error: { code: "speaker_failed" } });
  const speaker = speakers.find(({ id }) => id !== "default");
  if (speaker) {
    await session.setSpeaker(speaker.id);
    expect(session.getState().room?.getActiveDevice("audiooutput")).toBe(speaker.id);
  }
  await session.disconnect();
  await session.connect();
  expect(used()).toBe(chosen?.id);
});

test("with a button to talk, the microphone is open while it is pressed", async ({ makeSession }) => {
  const session = makeSession();
  const button = document.body.appendChild(document.createElement("button"));
  button.textContent = "Hold to talk";
  const release = session.pushToTalk(button);
  await session.connect();
  const { localParticipant } = session.getState().room ?? {};
  expect(localParticipant?.audioTrackPublications.size).toBe(1);
  expect(session.getState().muted).toBe(true);
  button.focus();
  await userEvent.keyboard("{ >}");
  await until(() => expect(session.getState().muted).toBe(false));
  expect(button.getAttribute("aria-pressed")).toBe("true");
  await userEvent.keyboard("{/ }");
  await until(() => expect(session.getState().muted).toBe(true));
  const press = (type: string) =>
    button.dispatchEvent(new PointerEvent(type, { pointerId: 1, button: 0, bubbles: true }));
  button.setPointerCapture = () => undefined; // only a real pointer can be captured
  press("pointerdown");
  await until(() => expect(session.getState().muted).toBe(false));
  release();
  await until(() => expect(session.getState().muted).toBe(true));
  press("pointerdown");
  expect(button.hasAttribute("aria-pressed")).toBe(false);
});

test("the face is changed through the backend, and its refusal is told", async ({ room, makeSession }) => {
  const updateSession = vi.fn(async (): Promise<unknown> => ({ status: "active" }));
  const session = makeSession({ autoEnableMic: false, updateSession });
  const face = new File(["…"], "face.png", { type: "image/png" });
  await expect(session.swapFace(face)).rejects.toMatchObject({ code: "not_connected" });
  await session.connect();
  await session.swapFace(face);
  expect(updateSession).toHaveBeenCalledWith(`ses-${room}`, face, null);
  updateSession.mockResolvedValue({ error: "no_face", message: "No face found." });
  await expect(session.swapFace(face)).rejects.toMatchObject({ code: "no_face", message: "No face found." });
  updateSession.mockRejectedValue(new TypeError("Failed to fetch"));
  await expect(session.swapFace(face)).rejects.toMatchObject({ code: "swap_failed" });
});
