/** Speech of the avatar, one utterance at a time. A new one interrupts the one before. */
import type { AvatarSession } from "@visavis/core";
import { createStore, useStore } from "../../components/store.ts";

const MAX_UTTERANCES = 5;

interface Utterance {
  id: number;
  text: string;
}

interface SpeechState {
  utterances: readonly Utterance[];
  /** ID of the one that is spoken. */
  currentId: number | null;
  error: unknown;
}

const IDLE: SpeechState = { utterances: [], currentId: null, error: null };
const speech = createStore<SpeechState>(IDLE);
let current: { id: number; abort: AbortController } | null = null;
let next = 1;

export const useSpeech = (): SpeechState => useStore(speech);

export function stopSpeech(session: AvatarSession): void {
  current?.abort.abort();
  current = null;
  session.interrupt();
  speech.set({ currentId: null });
}

/** Speaks audio, once `load` has fetched or generated it. Errors are in the state. */
export async function speak(
  session: AvatarSession,
  text: string,
  load: (signal: AbortSignal) => Promise<Blob>,
): Promise<void> {
  stopSpeech(session);
  const id = next++;
  const abort = new AbortController();
  current = { id, abort };
  speech.set({
    error: null,
    currentId: id,
    utterances: [...speech.get().utterances, { id, text }].slice(-MAX_UTTERANCES),
  });
  try {
    const playback = await session.speak(await load(abort.signal));
    if (abort.signal.aborted) playback.stop();
    await playback.finished;
  } catch (error) {
    if (!abort.signal.aborted) speech.set({ error: error });
  } finally {
    if (current?.id === id) {
      current = null;
      speech.set({ currentId: null });
    }
  }
}

/** Clears the list, for a new session or another account. */
export function resetSpeech(): void {
  current?.abort.abort();
  current = null;
  speech.set(IDLE);
}
