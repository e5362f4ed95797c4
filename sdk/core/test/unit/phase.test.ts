import { expect, test } from "vitest";
import { nextPhase, type PhaseEvent, type SessionPhase, statusOf } from "../../src/phase.js";

function walk(...events: PhaseEvent[]): SessionPhase {
  return events.reduce(nextPhase, "idle" as SessionPhase);
}

test.each<[SessionPhase, PhaseEvent[]]>([
  ["active", ["create", "created", "joined", "video_added"]],
  ["connected", ["create", "created", "joined", "video_added", "video_removed"]],
  ["reconnecting", ["create", "created", "joined", "video_added", "reconnecting"]],
  ["active", ["create", "created", "joined", "reconnecting", "reconnected", "video_added"]],
  ["ended", ["create", "end"]],
  ["ended", ["create", "created", "joined", "reconnecting", "end"]],
  ["error", ["create", "created", "fail"]],
  ["creating", ["create", "fail", "create"]],
])("comes to %s by %j", (phase, events) => {
  expect(walk(...events)).toBe(phase);
});

test.each<[SessionPhase, PhaseEvent[]]>([
  ["idle", ["end"]],
  ["idle", ["joined", "video_added", "fail"]],
  ["creating", ["create", "create"]],
  ["ended", ["create", "end", "created", "joined", "video_added", "reconnecting", "fail"]],
  ["reconnecting", ["create", "created", "joined", "reconnecting", "video_added", "video_removed"]],
])("stays in %s when events come that have no place there: %j", (phase, events) => {
  expect(walk(...events)).toBe(phase);
});

test("says the phase in the five words of the hosted hook", () => {
  expect(statusOf("creating")).toBe("connecting");
  expect(statusOf("active")).toBe("connected");
  expect(statusOf("reconnecting")).toBe("connected");
  expect(statusOf("ended")).toBe("disconnected");
});
