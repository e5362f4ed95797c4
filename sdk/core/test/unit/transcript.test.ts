import { expect, test } from "vitest";
import { MAX_MESSAGES, mergeMessage, type TranscriptMessage } from "../../src/transcript.js";

const said = (id: string, text: string, final = false, timestamp = 1): TranscriptMessage => ({
  id,
  role: "agent",
  text,
  final,
  timestamp,
});

test("a message that is known better keeps its place and its time", () => {
  const messages = [said("a", "Hel", false, 1), said("b", "Good")].reduce(
    mergeMessage,
    [] as TranscriptMessage[],
  );
  const better = mergeMessage(messages, said("a", "Hello", true, 9));
  expect(better).toEqual([said("a", "Hello", true, 1), said("b", "Good")]);
  expect(messages[0]?.text).toBe("Hel");
});

test("a late interim version takes no words back", () => {
  const messages = [said("a", "Hello", true)];
  expect(mergeMessage(messages, said("a", "Hel"))).toBe(messages);
});

test("the same name said by user and agent is two messages", () => {
  const messages = mergeMessage([said("a", "Hello")], { ...said("a", "Hi"), role: "user" });
  expect(messages.map(({ text }) => text)).toEqual(["Hello", "Hi"]);
});

test("the oldest messages go when there are too many", () => {
  let messages: TranscriptMessage[] = [];
  for (let at = 0; at < MAX_MESSAGES + 3; at++) messages = mergeMessage(messages, said(`${at}`, "…"));
  expect(messages).toHaveLength(MAX_MESSAGES);
  expect(messages[0]?.id).toBe("3");
});
