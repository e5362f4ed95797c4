import { StrictMode, useEffect } from "react";
import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { commands, page } from "vitest/browser";
import { render } from "vitest-browser-react";
import { Avatar } from "../../testing/avatar.js";
import {
  type SessionInfo,
  type UseAvatarSessionOptions,
  type UseAvatarSessionResult,
  useAtlasSession,
  useAvatarSession,
} from "../src/index.js";

let room = "";
let avatar: Avatar;
let deleted: string[];

beforeEach(async () => {
  room = `room-${crypto.randomUUID()}`;
  avatar = await Avatar.join(room);
  deleted = [];
});

afterEach(async () => {
  await avatar.leave();
});

async function createSession(): Promise<SessionInfo> {
  const token = await commands.mintToken(room, "user");
  return { sessionId: `ses-${room}`, livekitUrl: inject("rooms").url, token };
}

const until = <T,>(check: () => T) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

let seen: UseAvatarSessionResult;

/** A page as the hook's documents show it. */
function Page({ auto = false, ...options }: Partial<UseAvatarSessionOptions> & { auto?: boolean }) {
  const session = useAvatarSession({
    createSession,
    deleteSession: async (id) => deleted.push(id),
    autoEnableMic: false,
    ...options,
  });
  seen = session;
  const { connect, disconnect } = session;
  useEffect(() => {
    if (!auto) return;
    void connect();
    return () => void disconnect();
  }, [auto, connect, disconnect]);
  return (
    <div>
      <output aria-label="status">{session.status}</output>
      <output aria-label="error">{session.error}</output>
      {session.status === "idle" && (
        <button type="button" onClick={() => session.connect()}>
          Start
        </button>
      )}
      {session.status === "connected" && (
        <>
          <div data-testid="avatar" ref={session.videoRef} style={{ width: 256, height: 256 }} />
          <button type="button" onClick={session.disconnect}>
            End
          </button>
        </>
      )}
    </div>
  );
}

test("a page starts, shows and ends a session", async () => {
  await render(<Page />);
  await avatar.showPicture();
  await expect.element(page.getByLabelText("status")).toHaveTextContent("idle");
  await page.getByRole("button", { name: "Start" }).click();
  await expect.element(page.getByLabelText("status"), { timeout: 15_000 }).toHaveTextContent("connected");
  // The div comes only now; the picture finds it.
  await until(() => expect(document.querySelector("video")?.videoWidth).toBeGreaterThan(0));
  expect(page.getByTestId("avatar").element().contains(document.querySelector("video"))).toBe(true);
  await page.getByRole("button", { name: "End" }).click();
  await expect.element(page.getByLabelText("status")).toHaveTextContent("disconnected");
  await until(() => expect(deleted).toEqual([`ses-${room}`]));
});

test("a component that goes takes its session along", async () => {
  const { unmount } = await render(<Page auto />);
  await until(() => expect(seen.status).toBe("connected"));
  await unmount();
  await until(() => expect(deleted).toEqual([`ses-${room}`]));
  await until(async () => expect(await commands.participants(room)).toEqual(["avatar"]));
});

test("a component that goes while connecting takes its session along", async () => {
  const { unmount } = await render(<Page auto />);
  await until(() => expect(seen.phase).toBe("connecting"));
  await unmount();
  await until(() => expect(deleted).toEqual([`ses-${room}`]));
});

test("strict mode's second effect makes no second session", async () => {
  const create = vi.fn(createSession);
  const { unmount } = await render(
    <StrictMode>
      <Page auto createSession={create} />
    </StrictMode>,
  );
  await until(() => expect(seen.status).toBe("connected"));
  expect(create).toHaveBeenCalledTimes(1);
  expect(deleted).toEqual([]);
  await unmount();
  await until(() => expect(deleted).toEqual([`ses-${room}`]));
});

test("without autoCleanup the session outlives the component", async () => {
  const { unmount } = await render(<Page autoCleanup={false} />);
  await seen.connect();
  await unmount();
  expect(await commands.participants(room)).toContain("user");
  expect(deleted).toEqual([]);
  await seen.disconnect();
  expect(deleted).toEqual([`ses-${room}`]);
});

test("the newest options count, and functions stay the same", async () => {
  const { rerender } = await render(<Page />);
  const { connect, videoRef, speak } = seen;
  const create = vi.fn(createSession);
  await rerender(<Page createSession={create} />);
  expect([seen.connect, seen.videoRef, seen.speak]).toEqual([connect, videoRef, speak]);
  const face = new File(["…"], "face.png", { type: "image/png" });
  await seen.connect(face, "https://example.com/face.png");
  expect(create).toHaveBeenCalledWith(face, "https://example.com/face.png", null);
  await seen.disconnect();
});

test("an error is words for people and a failure for programs", async () => {
  const refusal = { error: "rate_limited", message: "Slow down!", retry_after_seconds: 12 };
  await render(<Page createSession={async () => refusal as unknown as SessionInfo} />);
  await page.getByRole("button", { name: "Start" }).click();
  await expect.element(page.getByLabelText("error")).toHaveTextContent("Slow down!");
  expect(seen).toMatchObject({ status: "error", error: "Slow down!", failure: { retryAfterS: 12 } });
});

test("every field of the hosted hook is there, under both names", async () => {
  expect(useAtlasSession).toBe(useAvatarSession);
  await render(<Page />);
  expect(seen).toMatchObject({
    status: "idle",
    error: null,
    sessionId: null,
    messages: [],
    muted: true,
    volume: 100,
    latency: 0,
    room: null,
  });
  expect(seen.videoRef).toHaveProperty("current", null);
  for (const name of [
    "connect",
    "disconnect",
    "setMicEnabled",
    "setVolume",
    "sendChat",
    "publishAudio",
  ] as const) {
    expect(seen[name]).toBeTypeOf("function");
  }
  seen.setVolume(30);
  await until(() => expect(seen.volume).toBe(30));
});
