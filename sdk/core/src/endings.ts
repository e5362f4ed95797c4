import { DisconnectReason } from "livekit-client";
import { SessionError } from "./errors.js";
import { messages } from "./messages.js";

/** How a session ended that this side did not end. */
export interface Ending {
  /** Text for people. */
  reason: string;
  /** The error; `null` if the session ended normally. */
  error: SessionError | null;
  /** Whether the session may still run, so that the backend must end it. */
  mayStillRun: boolean;
}

/** The text for the API's code of the end of a session. */
export function endReasonText(code: string): string {
  return messages.endReasons[code] ?? messages.endedByServer;
}

/** The ending for a disconnect reason of the room server. */
export function describeEnding(reason: DisconnectReason | undefined): Ending {
  switch (reason) {
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return { reason: messages.endedByServer, error: null, mayStillRun: false };
    case DisconnectReason.PARTICIPANT_REMOVED:
      return failed("removed", messages.removed, { mayStillRun: false });
    case DisconnectReason.DUPLICATE_IDENTITY:
      return failed("joined_elsewhere", messages.joinedElsewhere, {
        mayStillRun: false,
      });
    case DisconnectReason.SERVER_SHUTDOWN:
      return failed("server_shutdown", messages.serverShutdown, { mayStillRun: true });
    default:
      return failed("connection_lost", messages.connectionLost, {
        mayStillRun: true,
      });
  }
}

function failed(
  code: "removed" | "joined_elsewhere" | "server_shutdown" | "connection_lost",
  reason: string,
  { mayStillRun }: { mayStillRun: boolean },
): Ending {
  return { reason, error: new SessionError(code, reason, { retryable: mayStillRun }), mayStillRun };
}
