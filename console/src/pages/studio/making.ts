/** Sending what is to be made, and following its job; it goes on while other pages are shown. */
import { useQuery } from "@tanstack/react-query";
import { Failure } from "../../api/failure.ts";
import { getJob, isOver, submitSound, submitText } from "../../api/public.ts";
import { createStore, useStore } from "../../parts/store.ts";
import { onSigningOut } from "../../shell/session.tsx";
import { change, draft } from "./draft.ts";
import { soundOf, type Voice } from "./voice.ts";

const POLL_MS = 500;

interface Sending {
  /** Which share was sent, 0..1; `null` while nothing is. */
  sent: number | null;
  error: unknown;
}

const AT_REST: Sending = { sent: null, error: null };
const sending = createStore<Sending>(AT_REST);

/** Sends a face and a voice. What goes wrong is in the state. */
export async function make(face: Blob, voice: Voice): Promise<void> {
  if (sending.get().sent !== null) return;
  const { account } = draft.get();
  sending.set({ sent: 0, error: null });
  change({ jobId: null });
  const progress = (sent: number) => sending.set({ sent });
  try {
    const sound = soundOf(voice);
    const jobId = sound
      ? await submitSound(face, sound, progress)
      : await submitText(face, voice.speech, progress);
    if (draft.get().account === account) change({ jobId });
  } catch (error) {
    sending.set({ error });
  } finally {
    sending.set({ sent: null });
  }
}

onSigningOut(async () => sending.set(AT_REST));

/** How the making of the draft's video stands. */
export function useMaking() {
  const { sent, error } = useStore(sending);
  const { jobId } = useStore(draft);
  const job = useQuery({
    queryKey: ["job", jobId],
    queryFn: () => getJob(jobId ?? ""),
    enabled: jobId !== null,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : POLL_MS),
  });
  const found = jobId === null ? null : (job.data ?? null);
  // A job of long ago, or of a key that is gone: nothing that the studio must speak of.
  const isGone = job.error instanceof Failure && job.error.status === 404;
  return {
    sent,
    job: found,
    isBusy: sent !== null || (jobId !== null && !job.isError && !(found && isOver(found))),
    error: error ?? (jobId !== null && !isGone ? job.error : null),
  };
}

export type Making = ReturnType<typeof useMaking>;

/** Forgets a failure, when something else is chosen. */
export function forgetFailure(): void {
  if (sending.get().error !== null) sending.set({ error: null });
}
