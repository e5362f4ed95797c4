import { afterEach, beforeEach, expect, vi } from "vitest";
import { commands } from "vitest/browser";
import type { AvatarSessionOptions, SessionInfo, SessionPhase } from "../../src/index.js";
import { infoOf, test as inRoom, until } from "./room.js";

const test = inRoom.extend("begin", ({ makeSession }) => (options: Partial<AvatarSessionOptions> = {}) => {
  const deleted: string[] = [];
  const session = makeSession({
    deleteSession: async (id) => deleted.push(id),
    autoEnableMic: false,
    ...options,
  });
  const phases: SessionPhase[] = [session.getState().phase];
  session.subscribe(() => {
    const { phase } = session.getState();
    if (phases.at(-1) !== phase) phases.push(phase);
  });
  return { session, deleted, phases };
});

beforeEach(async () => {
  await commands.allowMicrophone(true);
});

afterEach(() => {
  document.body.replaceChildren();
});

test("a session from the first request to the last", async ({ room, avatar, begin }) => {
  const { session, deleted, phases } = begin();
  const container = document.body.appendChild(document.createElement("div"));
  session.setContainer(container);
  await session.connect();
  expect(session.getState()).toMatchObject({
    phase: "connected",
    status: "connected",
    sessionId: `ses-${room}`,
  });
  await avatar.showPicture();
  await until(() => expect(session.getState().phase).toBe("active"));
  const video = await until(() => {
    const shown = container.querySelector("video");
    expect(shown?.videoWidth).toBeGreaterThan(0);
    return shown;
  });
  expect(video?.paused).toBe(false);
  await session.disconnect();
  expect(phases).toEqual(["idle", "creating", "connecting", "connected", "active", "ended"]);
  expect(session.getState()).toMatchObject({
    status: "disconnected",
    room: null,
    error: null,
    endReason: null,
  });
  expect(deleted).toEqual([`ses-${room}`]);
  expect(container.children).toHaveLength(0);
  expect(await commands.participants(room)).toEqual(["avatar"]);
});

test("the picture follows the container, and the phase the picture", async ({ avatar, begin }) => {
  const { session } = begin();
  await avatar.showPicture();
  await session.connect();
  await until(() => expect(session.getState().phase).toBe("active"));
  const first = document.body.appendChild(document.createElement("div"));
  session.setContainer(first);
  const second = document.body.appendChild(document.createElement("div"));
  session.setContainer(null);
  session.setContainer(second);
  expect(first.children).toHaveLength(0);
  await until(() => expect(second.querySelector("video")?.paused).toBe(false));
  await avatar.hidePicture();
  await until(() => expect(session.getState().phase).toBe("connected"));
  expect(second.children).toHaveLength(0);
});

test("connecting twice is one session", async ({ room, begin }) => {
  const createSession = vi.fn(() => infoOf(room));
  const { session } = begin({ createSession });
  await Promise.all([session.connect(), session.connect()]);
  await session.connect();
  expect(createSession).toHaveBeenCalledTimes(1);
});

test("leaving in the same breath asks for nothing", async ({ room, begin }) => {
  const createSession = vi.fn(() => infoOf(room));
  const { session, deleted } = begin({ createSession });
  const connecting = session.connect();
  await session.disconnect();
  await connecting;
  expect(createSession).not.toHaveBeenCalled();
  expect(deleted).toEqual([]);
  expect(session.getState().phase).toBe("ended");
});

test("a session that comes after the user has left is ended, and shown to nobody", async ({
  room,
  begin,
}) => {
  let answer: (info: SessionInfo) => void = () => undefined;
  const createSession = vi.fn(() => new Promise<SessionInfo>((resolve) => (answer = resolve)));
  const { session, deleted, phases } = begin({ createSession });
  void session.connect();
  await until(() => expect(createSession).toHaveBeenCalled());
  const leaving = session.disconnect();
  expect(session.getState().phase).toBe("ended");
  answer(await infoOf(room));
  await leaving;
  expect(deleted).toEqual([`ses-${room}`]);
  expect(phases).toEqual(["idle", "creating", "ended"]);
});

test("leaving while the room is being joined", async ({ room, begin }) => {
  const { session, deleted, phases } = begin();
  void session.connect();
  await until(() => expect(session.getState().phase).toBe("connecting"));
  await session.disconnect();
  expect(phases).toEqual(["idle", "creating", "connecting", "ended"]);
  expect(deleted).toEqual([`ses-${room}`]);
});

test("a new session waits until the last one is gone, and hears nothing of it", async ({ room, begin }) => {
  const order: string[] = [];
  const { session } = begin({
    createSession: async () => {
      order.push("create");
      return infoOf(room);
    },
    deleteSession: async () => {
      await commands.participants(room);
      order.push("delete");
    },
  });
  await session.connect();
  void session.disconnect();
  await session.connect();
  expect(order).toEqual(["create", "delete", "create"]);
  expect(session.getState()).toMatchObject({ phase: "connected", error: null });
});

test("the server's end is an end with a reason, and not asked for again", async ({ room, begin }) => {
  const { session, deleted } = begin();
  await session.connect();
  await commands.deleteRoom(room);
  await until(() => expect(session.getState().phase).toBe("ended"));
  expect(session.getState()).toMatchObject({
    error: null,
    endReason: "The server ended the session.",
  });
  expect(session.getState().room).toBeNull();
  await session.disconnect();
  expect(deleted).toEqual([]);
});

test("why the server ended it is asked for, where the backend can tell", async ({ room, begin }) => {
  const getSession = vi.fn(async () => ({ end_reason: "idle_timeout" }));
  const { session } = begin({ getSession });
  await session.connect();
  await commands.deleteRoom(room);
  await until(() => expect(session.getState().endReason).toContain("idle"));
  expect(getSession).toHaveBeenCalledWith(`ses-${room}`);
});

test("being removed is an error that says so", async ({ room, begin }) => {
  const { session } = begin();
  await session.connect();
  await commands.removeParticipant(room, "user");
  await until(() => expect(session.getState().phase).toBe("error"));
  expect(session.getState().error).toMatchObject({ code: "removed" });
});

test("a broken line is mended", async ({ avatar, begin }) => {
  const { session, phases } = begin();
  await avatar.showPicture();
  await session.connect();
  await until(() => expect(session.getState().phase).toBe("active"));
  await session.getState().room?.simulateScenario("signal-reconnect");
  await until(() => expect(phases).toContain("reconnecting"));
  await until(() => expect(session.getState().phase).toBe("active"));
  expect(session.getState().status).toBe("connected");
});

test("what the API refused is said with its code and how long to wait", async ({ begin }) => {
  const refusal = { error: "no_capacity", message: "All slots are busy.", retry_after_seconds: 30 };
  const { session, deleted } = begin({ createSession: async () => refusal as unknown as SessionInfo });
  await session.connect();
  const { status, error, endReason } = session.getState();
  expect({ status, endReason }).toEqual({ status: "error", endReason: "All slots are busy." });
  expect(error).toMatchObject({ code: "no_capacity", retryAfterS: 30, retryable: true });
  expect(deleted).toEqual([]);
});

test("a backend that cannot be reached is an error, and the next try may succeed", async ({
  room,
  begin,
}) => {
  let broken = true;
  const { session } = begin({
    createSession: async () => {
      if (broken) throw new TypeError("Failed to fetch");
      return infoOf(room);
    },
  });
  await session.connect();
  expect(session.getState().error).toMatchObject({
    code: "create_failed",
    message: "Could not create the session: Failed to fetch",
  });
  broken = false;
  await session.connect();
  expect(session.getState()).toMatchObject({ phase: "connected", error: null });
});

test("a token that has expired is refused in words, and the session is ended", async ({ room, begin }) => {
  const { session, deleted } = begin({
    createSession: async () => ({
      ...(await infoOf(room)),
      token: await commands.mintToken(room, "user", {}, -60),
    }),
  });
  await session.connect();
  expect(session.getState().error).toMatchObject({ code: "token_refused" });
  await session.disconnect();
  expect(deleted).toEqual([`ses-${room}`]);
});

test("a room server that is not there", async ({ room, begin }) => {
  const { session } = begin({
    createSession: async () => ({ ...(await infoOf(room)), livekitUrl: "ws://127.0.0.1:9" }),
  });
  await session.connect();
  expect(session.getState().error).toMatchObject({ code: "connect_failed", retryable: true });
});

test("a session that could not be ended is told of", async ({ begin }) => {
  const { session } = begin({ deleteSession: () => Promise.reject(new Error("offline")) });
  await session.connect();
  await session.disconnect();
  expect(session.getState()).toMatchObject({ phase: "ended", error: { code: "delete_failed" } });
});

test("leaving the page ends the session", async ({ room, begin }) => {
  const { session, deleted } = begin();
  await session.connect();
  window.dispatchEvent(new PageTransitionEvent("pagehide"));
  await until(() => expect(deleted).toEqual([`ses-${room}`]));
  expect(session.getState().phase).toBe("ended");
});

test("latency is measured once the avatar is heard", async ({ avatar, begin }) => {
  const { session } = begin();
  await avatar.playTone();
  await session.connect();
  await until(() => expect(session.getState().latency).toBeGreaterThan(0));
  expect(session.getState().latency).toBeLessThan(2000);
});

test("the volume stays within its bounds and holds for tracks that come later", async ({ avatar, begin }) => {
  const { session } = begin();
  session.setVolume(400);
  expect(session.getState().volume).toBe(100);
  session.setVolume(25);
  await session.connect();
  await avatar.playTone();
  const volume = await until(() => {
    const [first] = session.getState().room?.remoteParticipants.values() ?? [];
    const [publication] = first?.audioTrackPublications.values() ?? [];
    const element = publication?.track?.attachedElements[0];
    expect(element).toBeDefined();
    return element?.volume;
  });
  expect(volume).toBe(0.25);
});
