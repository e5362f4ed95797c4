import { DisconnectReason } from "livekit-client";
import { expect, test } from "vitest";
import { describeEnding } from "../../src/endings.js";

test("a deleted room is an end and no failure", () => {
  expect(describeEnding(DisconnectReason.ROOM_DELETED)).toEqual({
    reason: "The server ended the session.",
    error: null,
    mayStillRun: false,
  });
});

test("a session opened elsewhere is not ended there", () => {
  const ending = describeEnding(DisconnectReason.DUPLICATE_IDENTITY);
  expect(ending.mayStillRun).toBe(false);
  expect(ending.error?.code).toBe("joined_elsewhere");
});

test.each([undefined, DisconnectReason.SIGNAL_CLOSE, DisconnectReason.STATE_MISMATCH])(
  "a lost line (%s) may be tried again, and the session is ended",
  (reason) => {
    const ending = describeEnding(reason);
    expect(ending.error).toMatchObject({ code: "connection_lost", retryable: true });
    expect(ending.mayStillRun).toBe(true);
  },
);
