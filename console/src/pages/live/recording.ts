/** The recording of the live session. The server makes it, and keeps it as a job. */
import { startRecording, stopRecording } from "../../api/public.ts";
import { createStore, useStore } from "../../components/store.ts";
import { onSignOut } from "../../shell/session.tsx";
import { session } from "./live-session.ts";

interface RecordingState {
  /** When it began, in milliseconds since 1970; `null` while nothing is recorded. */
  since: number | null;
  /** ID of the job of the last recording of this session; `null` if there was none. */
  jobId: string | null;
  isBusy: boolean;
  error: unknown;
}

const IDLE: RecordingState = { since: null, jobId: null, isBusy: false, error: null };
const recording = createStore<RecordingState>(IDLE);

export const useRecording = (): RecordingState => useStore(recording);

/** Begins or ends the recording. Errors are in the state. */
export async function toggleRecording(): Promise<void> {
  const { sessionId } = session.getState();
  const { since, isBusy } = recording.get();
  if (sessionId === null || isBusy) return;
  recording.set({ isBusy: true, error: null });
  try {
    if (since === null) recording.set({ jobId: await startRecording(sessionId), since: Date.now() });
    else {
      await stopRecording(sessionId);
      recording.set({ since: null });
    }
  } catch (error) {
    recording.set({ error });
  } finally {
    recording.set({ isBusy: false });
  }
}

/** Forgets the last recording, for a new session. */
export const resetRecording = (): void => recording.set(IDLE);

// A recording ends with its session.
session.subscribe(() => {
  if (session.getState().status !== "connected" && recording.get().since !== null)
    recording.set({ since: null });
});

onSignOut(async () => resetRecording());
