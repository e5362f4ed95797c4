/**
 * The phase of a session.
 *
 * - `idle`: not started.
 * - `creating`: the backend creates a session.
 * - `connecting`: the browser joins the session's room.
 * - `connected`: in the room, without the avatar's video yet.
 * - `active`: the avatar's video is there.
 * - `reconnecting`: the connection was lost and is being restored.
 * - `ended`: ended by either side.
 * - `error`: ended by an error.
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
 * The phase in the five states of the hosted service's hook.
 *
 * @public
 */
export type SessionStatus = "idle" | "connecting" | "connected" | "disconnected" | "error";

/** An event that changes the phase. */
export type PhaseEvent =
  | "create"
  | "created"
  | "joined"
  | "video_added"
  | "video_removed"
  | "reconnecting"
  | "reconnected"
  | "end"
  | "fail";

const ENDINGS = { end: "ended", fail: "error" } as const;

const TRANSITIONS: Record<SessionPhase, Partial<Record<PhaseEvent, SessionPhase>>> = {
  idle: { create: "creating" },
  creating: { created: "connecting", ...ENDINGS },
  connecting: { joined: "connected", ...ENDINGS },
  connected: { video_added: "active", reconnecting: "reconnecting", ...ENDINGS },
  active: { video_removed: "connected", reconnecting: "reconnecting", ...ENDINGS },
  reconnecting: { reconnected: "connected", ...ENDINGS },
  ended: { create: "creating" },
  error: { create: "creating", end: "ended" },
};

/** The phase after an event. An event that does not fit the phase changes nothing. */
export function nextPhase(phase: SessionPhase, event: PhaseEvent): SessionPhase {
  return TRANSITIONS[phase][event] ?? phase;
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

/** The status of a phase. */
export function statusOf(phase: SessionPhase): SessionStatus {
  return STATUS[phase];
}
