/**
 * Where a session is on its way.
 *
 * - `idle`: nothing was asked for yet.
 * - `creating`: the backend creates a session.
 * - `connecting`: the browser joins the session's room.
 * - `connected`: in the room; the avatar's picture is not there yet.
 * - `active`: the avatar's picture is there.
 * - `reconnecting`: the line broke and is being mended.
 * - `ended`: over, by either side.
 * - `error`: over, by a failure.
 *
 * @public
 */
export type SessionPhase =
  | "idle"
  | "creating"
  | "connecting"
  | "connected"
  | "active"
  | "reconnecting"
  | "ended"
  | "error";

/**
 * The phase in the five words that the hosted service's hook knows.
 *
 * @public
 */
export type SessionStatus = "idle" | "connecting" | "connected" | "disconnected" | "error";

/** What moves a session on. */
export type PhaseEvent =
  | "create"
  | "created"
  | "joined"
  | "avatar_seen"
  | "avatar_gone"
  | "line_lost"
  | "line_mended"
  | "end"
  | "fail";

const OVER = { end: "ended", fail: "error" } as const;

const WAYS: Record<SessionPhase, Partial<Record<PhaseEvent, SessionPhase>>> = {
  idle: { create: "creating" },
  creating: { created: "connecting", ...OVER },
  connecting: { joined: "connected", ...OVER },
  connected: { avatar_seen: "active", line_lost: "reconnecting", ...OVER },
  active: { avatar_gone: "connected", line_lost: "reconnecting", ...OVER },
  reconnecting: { line_mended: "connected", ...OVER },
  ended: { create: "creating" },
  error: { create: "creating", end: "ended" },
};

/** The phase after an event; an event that has no place in a phase changes nothing. */
export function nextPhase(phase: SessionPhase, event: PhaseEvent): SessionPhase {
  return WAYS[phase][event] ?? phase;
}

const STATUS: Record<SessionPhase, SessionStatus> = {
  idle: "idle",
  creating: "connecting",
  connecting: "connecting",
  connected: "connected",
  active: "connected",
  reconnecting: "connected",
  ended: "disconnected",
  error: "error",
};

/** The status that goes with a phase. */
export function statusOf(phase: SessionPhase): SessionStatus {
  return STATUS[phase];
}
