import { test as base, inject, vi } from "vitest";
import { commands } from "vitest/browser";
import { Avatar } from "../../../testing/avatar.js";
import { AvatarSession, type AvatarSessionOptions, type SessionInfo } from "../../src/index.js";

/** Waits until a check passes; gives what it returned. */
export const until = <T>(check: () => T) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

/** What a backend answers that has opened a session in a room. */
export async function infoOf(room: string, grant = {}): Promise<SessionInfo> {
  return {
    sessionId: `ses-${room}`,
    livekitUrl: inject("rooms").url,
    token: await commands.mintToken(room, "user", grant),
  };
}

/**
 * A test in a room of its own.
 *
 * - `avatar` has joined the room before any session of the test.
 * - `makeSession` makes a session of the user, which ends with the test.
 * - `session` is one that is connected, without a microphone.
 */
export const test = base
  .extend("room", () => `room-${crypto.randomUUID()}`)
  .extend("avatar", async ({ room }, { onCleanup }) => {
    const avatar = await Avatar.join(room);
    onCleanup(() => avatar.leave());
    return avatar;
  })
  .extend("makeSession", ({ room, avatar: _ }, { onCleanup }) => {
    const made: AvatarSession[] = [];
    onCleanup(async () => {
      for (const session of made) await session.disconnect();
    });
    return (options: Partial<AvatarSessionOptions> = {}, grant = {}): AvatarSession => {
      const session = new AvatarSession({ createSession: () => infoOf(room, grant), ...options });
      made.push(session);
      return session;
    };
  })
  .extend("session", async ({ makeSession }) => {
    const session = makeSession({ autoEnableMic: false });
    await session.connect();
    return session;
  });
