/** Lets the avatar say one thing after the other; a new one cuts the one before short. */
import type { AvatarSession } from "@visavis/core";
import { createStore, useStore } from "../../parts/store.ts";

const KEPT = 5;

interface Said {
  id: number;
  text: string;
}

interface Speaking {
  said: readonly Said[];
  /** Which of them is being said. */
  now: number | null;
  error: unknown;
}

const SILENT: Speaking = { said: [], now: null, error: null };
const speaking = createStore<Speaking>(SILENT);
let current: { id: number; cancel: AbortController } | null = null;
let next = 1;

export const useSpeaking = (): Speaking => useStore(speaking);

export function stopSpeaking(session: AvatarSession): void {
  current?.cancel.abort();
  current = null;
  session.interrupt();
  speaking.set({ now: null });
}

/** Says a sound, which may first have to be made; what goes wrong is in the state. */
export async function sayAloud(
  session: AvatarSession,
  text: string,
  sound: (signal: AbortSignal) => Promise<Blob>,
): Promise<void> {
  stopSpeaking(session);
  const id = next++;
  const cancel = new AbortController();
  current = { id, cancel };
  speaking.set({ error: null, now: id, said: [...speaking.get().said, { id, text }].slice(-KEPT) });
  try {
    const playback = await session.speak(await sound(cancel.signal));
    if (cancel.signal.aborted) playback.stop();
    await playback.finished;
  } catch (failure) {
    if (!cancel.signal.aborted) speaking.set({ error: failure });
  } finally {
    if (current?.id === id) {
      current = null;
      speaking.set({ now: null });
    }
  }
}

/** Forgets what was said, for a new session or another account. */
export function forgetSpeaking(): void {
  current?.cancel.abort();
  current = null;
  speaking.set(SILENT);
}
