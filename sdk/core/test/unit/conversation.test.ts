import { expect, test } from "vitest";
import { sessionForm } from "../../src/conversation.js";

test("a request for a conversation has the fields of the API", () => {
  const face = new File(["face"], "face.png");
  const form = sessionForm(face, null, {
    systemPrompt: "Be kind.",
    greeting: undefined,
    knowledge: ["We open at nine."],
    tools: [{ name: "hours" }],
    transcript: false,
  });
  expect(Object.fromEntries(form)).toEqual({
    face,
    mode: "conversation",
    system_prompt: "Be kind.",
    knowledge: '["We open at nine."]',
    tools: '[{"name":"hours"}]',
    transcript: "false",
  });
});

test("without a conversation the avatar says what it hears", () => {
  const form = sessionForm(null, "https://example.com/face.png", null);
  expect(Object.fromEntries(form)).toEqual({ mode: "passthrough", face_url: "https://example.com/face.png" });
});
