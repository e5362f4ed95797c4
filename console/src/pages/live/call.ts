/**
 * The live session of this browser tab. It goes on while other pages are shown, in a small player at the
 * edge, until somebody ends it, signs out, or leaves.
 */
import { AvatarSession, type SessionState } from "@visavis/core";
import { Failure } from "../../api/failure.ts";
import { createLive, endLive, type LiveEnd } from "../../api/public.ts";
import { createStore, useStore } from "../../parts/store.ts";
import { onSigningOut } from "../../shell/session.tsx";
import { type Figures, measure } from "./figures.ts";
import { forgetSpeaking } from "./speaking.ts";

export const PATH = "/live";

interface Call {
  face: File | null;
  /** When it was joined, in milliseconds since 1970. */
  since: number | null;
  /** How it ended, when this side ended it. */
  end: LiveEnd | null;
  figures: readonly Figures[];
}

const AT_REST: Call = { face: null, since: null, end: null, figures: [] };
export const call = createStore<Call>(AT_REST);

/** The console asks the public API itself: its token never leaves this page. */
export const session = new AvatarSession({
  createSession: async (face) => {
    call.set({ end: null, figures: [] });
    return await createLive(face);
  },
  deleteSession: async (id) => {
    try {
      call.set({ end: await endLive(id) });
    } catch (error) {
      // The server may have ended it first.
      if (!(error instanceof Failure && (error.status === 404 || error.status === 409))) throw error;
    }
  },
  autoEnableMic: false,
});

export const isUnderway = ({ status }: SessionState): boolean =>
  status === "connecting" || status === "connected";

export function useCall(): SessionState & Call {
  return { ...useStore({ get: session.getState, subscribe: session.subscribe }), ...useStore(call) };
}

let shownIn: HTMLElement | null = null;

/** Shows the avatar inside an element, until the element goes or another takes its place. */
export function showIn(element: HTMLElement | null): () => void {
  shownIn = element;
  session.setContainer(element);
  return () => {
    if (shownIn === element) session.setContainer(null);
  };
}

let stopMeasuring: (() => void) | null = null;

function follow(): void {
  const state = session.getState();
  const isOn = state.status === "connected";
  if (isOn !== (call.get().since !== null)) call.set({ since: isOn ? Date.now() : null });
  if (state.room && !stopMeasuring)
    stopMeasuring = measure(
      state.room,
      () => session.getState().latency,
      (figures) => call.set({ figures }),
    );
  if (!state.room) {
    stopMeasuring?.();
    stopMeasuring = null;
  }
}
session.subscribe(follow);

onSigningOut(async () => {
  await session.disconnect();
  forgetSpeaking();
  call.set(AT_REST);
});
