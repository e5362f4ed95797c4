import { expect, test } from "vitest";
import { readSessionInfo } from "../../src/credentials.js";
import { SessionError } from "../../src/errors.js";

const INFO = { sessionId: "ses_1", livekitUrl: "wss://rooms.example", token: "t" };

function refused(answer: unknown): SessionError {
  try {
    readSessionInfo(answer);
  } catch (error) {
    if (error instanceof SessionError) return error;
  }
  throw new Error("was taken");
}

test("takes the names of the hook's documents and those of the API", () => {
  expect(readSessionInfo(INFO)).toEqual(INFO);
  const api = {
    session_id: "ses_1",
    livekit_url: "wss://rooms.example",
    token: "t",
    room: "r",
    mode: "passthrough",
  };
  expect(readSessionInfo(api)).toEqual(INFO);
});

test("hands on what the API answered, and how long to wait", () => {
  const error = refused({ error: "no_capacity", message: "All slots are busy.", retry_after_seconds: 30 });
  expect(error).toMatchObject({
    code: "no_capacity",
    message: "All slots are busy.",
    retryAfterS: 30,
    retryable: true,
  });
  expect(refused({ error: "invalid_face_url", message: "…" })).toMatchObject({
    code: "invalid_face_url",
    retryAfterS: null,
    retryable: false,
  });
});

test.each([null, undefined, "text", {}, { session_id: "", livekit_url: 1, token: null }])(
  "refuses %j",
  (answer) => {
    expect(refused(answer).code).toBe("invalid_session");
  },
);

test("names what is missing", () => {
  expect(refused({ sessionId: "ses_1" }).message).toBe("createSession did not return livekitUrl, token.");
});
