/** Keeps the running session at the edge of other pages, and says there how it ended. */
import { clock } from "../../parts/format.ts";
import { say } from "../../parts/toasts.tsx";
import { dock } from "../../shell/docked.ts";
import { words } from "../../words/index.ts";
import { call, isUnderway, PATH, session } from "./call.ts";
import { MiniPlayer } from "./mini-player.tsx";

const DOCKED = { path: PATH, Player: MiniPlayer, end: () => session.disconnect() };

const isElsewhere = (): boolean => window.location.pathname !== PATH;

let told: unknown = null;

/** Says once, on other pages, what its own page shows. */
function tell(what: unknown, text: string): void {
  if (what === told) return;
  told = what;
  if (isElsewhere()) say(text);
}

function follow(): void {
  const state = session.getState();
  if (isUnderway(state)) {
    dock.set({ docked: DOCKED });
    told = null;
    return;
  }
  if (dock.get().docked !== null) dock.set({ docked: null });
  if (state.error) tell(state.error, state.error.message);
  else if (state.endReason) tell(state.endReason, words.live.endedToast(state.endReason));
}

// What this side ended is told with its cost, which the server says a moment later.
function followEnd(): void {
  const { end } = call.get();
  if (end)
    tell(end, words.live.endedToast(words.live.endedText(clock(end.duration_seconds), end.estimated_cost)));
}

session.subscribe(follow);
call.subscribe(followEnd);
