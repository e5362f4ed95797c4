import { expect, test } from "vitest";
import { nextPhase, type PhaseEvent, type SessionPhase, statusOf } from "../../src/phase.js";

function walk(...events: PhaseEvent[]): SessionPhase {
  return events.reduce(nextPhase, "idle" as SessionPhase);
}

test.each<[SessionPhase, PhaseEvent[]]>([
  ["active", ["create", "created", "joined", "avatar_seen"]],
  ["connected", ["create", "created", "joined", "avatar_seen", "avatar_gone"]],
  ["reconnecting", ["create", "created", "joined", "avatar_seen", "line_lost"]],
  ["active", ["create", "created", "joined", "line_lost", "line_mended", "avatar_seen"]],
  ["ended", ["create", "end"]],
  ["ended", ["create", "created", "joined", "line_lost", "end"]],
  ["error", ["create", "created", "fail"]],
  ["creating", ["create", "fail", "create"]],
])("comes to %s by %j", (phase, events) => {
  expect(walk(...events)).toBe(phase);
});

test.each<[SessionPhase, PhaseEvent[]]>([
  ["idle", ["end"]],
  ["idle", ["joined", "avatar_seen", "fail"]],
  ["creating", ["create", "create"]],
  ["ended", ["create", "end", "created", "joined", "avatar_seen", "line_lost", "fail"]],
  ["reconnecting", ["create", "created", "joined", "line_lost", "avatar_seen", "avatar_gone"]],
])("stays in %s when events come that have no place there: %j", (phase, events) => {
  expect(walk(...events)).toBe(phase);
});

test("says the phase in the five words of the hosted hook", () => {
  expect(statusOf("creating")).toBe("connecting");
  expect(statusOf("active")).toBe("connected");
  expect(statusOf("reconnecting")).toBe("connected");
  expect(statusOf("ended")).toBe("disconnected");
});
