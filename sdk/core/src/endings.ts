import { DisconnectReason } from "livekit-client";
import { SessionError } from "./errors.js";

/** How a session was over without this side asking for it. */
export interface Ending {
  /** In words. */
  reason: string;
  /** What failed; `null` when the session simply ended. */
  error: SessionError | null;
  /** Whether the session may still run, so that the backend should be asked to end it. */
  stillRuns: boolean;
}

const CLOSED = "The session was ended by the server.";

const WORDS: Record<string, string> = {
  idle_timeout: "The session ended because nobody spoke for a while.",
  max_duration: "The session reached its longest duration.",
  room_lost: "The avatar lost its connection to the room.",
  worker_lost: "The machine that drew the avatar failed.",
  failed: "The avatar failed.",
};

/** The API's code for the end of a session, in words. */
export function wordEnding(code: string): string {
  return WORDS[code] ?? CLOSED;
}

/** What a reason of the room server means for the session. */
export function describeEnding(reason: DisconnectReason | undefined): Ending {
  switch (reason) {
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return { reason: CLOSED, error: null, stillRuns: false };
    case DisconnectReason.PARTICIPANT_REMOVED:
      return failed("removed", "You were removed from the session.", { stillRuns: false });
    case DisconnectReason.DUPLICATE_IDENTITY:
      return failed("joined_elsewhere", "The session was opened in another place with the same token.", {
        stillRuns: false,
      });
    case DisconnectReason.SERVER_SHUTDOWN:
      return failed("server_shutdown", "The server is shutting down. Try again.", { stillRuns: true });
    default:
      return failed("connection_lost", "The connection was lost and could not be mended. Try again.", {
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
