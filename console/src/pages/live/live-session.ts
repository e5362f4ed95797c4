/**
 * The live session of this browser tab. It keeps running while other pages are shown, in a mini player, until the
 * user ends it, signs out, or leaves.
 */
import { AvatarSession, type SessionState } from "@visavis/core";
import { ApiError } from "../../api/error.ts";
import { createLiveSession, endLiveSession, type LiveSessionEnd, readLiveSession } from "../../api/public.ts";
import { createStore, useStore } from "../../components/store.ts";
import { onSignOut } from "../../shell/session.tsx";
import { conversationOf, draft, resetDraft } from "./conversation.ts";
import { resetSpeech } from "./speech.ts";
import { collectStats, type Stats } from "./stats.ts";

export const PATH = "/live";

interface LiveSession {
  face: File | null;
  /** When it was joined, in milliseconds since 1970. */
  since: number | null;
  /** How it ended, when this side ended it. */
  end: LiveSessionEnd | null;
  /** Why it ended, by the server's code, when the server ended it. */
  endCode: string | null;
  stats: readonly Stats[];
}

const IDLE: LiveSession = { face: null, since: null, end: null, endCode: null, stats: [] };
export const live = createStore<LiveSession>(IDLE);

/** Calls the public API from the page; the token never leaves it. */
export const session = new AvatarSession({
  createSession: async (face, _faceUrl, conversation) => {
    live.set({ end: null, endCode: null, stats: [] });
    return await createLiveSession(face, conversation);
  },
  get conversation() {
    return conversationOf(draft.get());
  },
  get autoEnableMic() {
    return draft.get().mode === "conversation";
  },
  getSession: async (id) => {
    const ended = await readLiveSession(id);
    live.set({ endCode: ended.end_reason ?? null });
    return ended;
  },
  deleteSession: async (id) => {
    try {
      live.set({ end: await endLiveSession(id) });
    } catch (error) {
      // The server may have ended it first.
      if (!(error instanceof ApiError && (error.status === 404 || error.status === 409))) throw error;
    }
  },
});

export const isRunning = ({ status }: SessionState): boolean =>
  status === "connecting" || status === "connected";

export function useLiveSession(): SessionState & LiveSession {
  return { ...useStore({ get: session.getState, subscribe: session.subscribe }), ...useStore(live) };
}

let container: HTMLElement | null = null;

/** Shows the avatar inside an element, until the element goes or another takes its place. */
export function attachTo(element: HTMLElement | null): () => void {
  container = element;
  session.setContainer(element);
  return () => {
    if (container === element) session.setContainer(null);
  };
}

let stopStats: (() => void) | null = null;

function follow(): void {
  const state = session.getState();
  const isOn = state.status === "connected";
  if (isOn !== (live.get().since !== null)) live.set({ since: isOn ? Date.now() : null });
  if (state.room && !stopStats)
    stopStats = collectStats(
      state.room,
      () => session.getState().latency,
      (stats) => live.set({ stats }),
    );
  if (!state.room) {
    stopStats?.();
    stopStats = null;
  }
}
session.subscribe(follow);

onSignOut(async () => {
  await session.disconnect();
  resetSpeech();
  resetDraft();
  live.set(IDLE);
});
