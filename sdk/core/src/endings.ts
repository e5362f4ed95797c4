import { DisconnectReason } from "livekit-client";
import { SessionError } from "./errors.js";
import { messages } from "./messages.js";

/** How a session was over without this side asking for it. */
export interface Ending {
  /** In words. */
  reason: string;
  /** What failed; `null` when the session simply ended. */
  error: SessionError | null;
  /** Whether the session may still run, so that the backend should be asked to end it. */
  stillRuns: boolean;
}

/** The text for the API's code of the end of a session. */
export function endReasonText(code: string): string {
  return messages.endReasons[code] ?? messages.endedByServer;
}

/** What a reason of the room server means for the session. */
export function describeEnding(reason: DisconnectReason | undefined): Ending {
  switch (reason) {
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return { reason: messages.endedByServer, error: null, stillRuns: false };
    case DisconnectReason.PARTICIPANT_REMOVED:
      return failed("removed", messages.removed, { stillRuns: false });
    case DisconnectReason.DUPLICATE_IDENTITY:
      return failed("joined_elsewhere", messages.joinedElsewhere, {
        stillRuns: false,
      });
    case DisconnectReason.SERVER_SHUTDOWN:
      return failed("server_shutdown", messages.serverShutdown, { stillRuns: true });
    default:
      return failed("connection_lost", messages.connectionLost, {
        stillRuns: true,
      });
  }
}

function failed(
  code: "removed" | "joined_elsewhere" | "server_shutdown" | "connection_lost",
  reason: string,
  { stillRuns }: { stillRuns: boolean },
): Ending {
  return { reason, error: new SessionError(code, reason, { retryable: stillRuns }), stillRuns };
}
