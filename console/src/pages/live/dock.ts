/** Docks the running session on other pages, and says there how it ended. */
import { messageOf } from "../../api/error.ts";
import { showToast } from "../../components/toasts.tsx";
import { dock } from "../../shell/dock-store.ts";
import { words } from "../../words/index.ts";
import { endReasonText, endText } from "./end-text.ts";
import { isRunning, live, PATH, session } from "./live-session.ts";
import { MiniPlayer } from "./mini-player.tsx";

const DOCKED = { path: PATH, Player: MiniPlayer, end: () => session.disconnect() };

const isElsewhere = (): boolean => window.location.pathname !== PATH;

let lastEvent: unknown = null;

/** Shows an event as a toast, once, unless the page of the session is open, which shows it itself. */
function notifyOnce(event: unknown, text: string): void {
  if (event === lastEvent) return;
  lastEvent = event;
  if (isElsewhere()) showToast(text);
}

function follow(): void {
  const state = session.getState();
  if (isRunning(state)) {
    dock.set({ docked: DOCKED });
    lastEvent = null;
    return;
  }
  if (dock.get().docked !== null) dock.set({ docked: null });
  if (state.error) notifyOnce(state.error, messageOf(state.error));
  else if (state.endReason) notifyOnce(state.endReason, words.live.endedToast(endReasonText()));
}

// If this side ended the session, the toast shows its duration, which the server sends a moment later.
function followEnd(): void {
  const { end } = live.get();
  if (end) notifyOnce(end, words.live.endedToast(endText(end, false)));
}

session.subscribe(follow);
live.subscribe(followEnd);
