/** Uploads a draft and follows its job, also while other pages are shown. */
import { useQuery } from "@tanstack/react-query";
import { ApiError } from "../../api/error.ts";
import { getJob, isFinished, submitAudio, submitText } from "../../api/public.ts";
import { createStore, useStore } from "../../components/store.ts";
import { onSignOut } from "../../shell/session.tsx";
import { draft, updateDraft } from "./draft.ts";
import { audioOf, type Voice } from "./voice.ts";

const POLL_MS = 500;

interface Upload {
  /** Share that was uploaded, 0..1; `null` while nothing is. */
  uploaded: number | null;
  error: unknown;
}

const IDLE: Upload = { uploaded: null, error: null };
const upload = createStore<Upload>(IDLE);

/** Uploads a face and a voice. Errors are in the state. */
export async function generate(face: Blob, voice: Voice): Promise<void> {
  if (upload.get().uploaded !== null) return;
  const { account, options } = draft.get();
  upload.set({ uploaded: 0, error: null });
  updateDraft({ jobId: null });
  const progress = (uploaded: number) => upload.set({ uploaded });
  try {
    const audio = audioOf(voice);
    const jobId = audio
      ? await submitAudio(face, audio, options, progress)
      : await submitText(face, voice.speech, options, progress);
    if (draft.get().account === account) updateDraft({ jobId });
  } catch (error) {
    upload.set({ error });
  } finally {
    upload.set({ uploaded: null });
  }
}

onSignOut(async () => upload.set(IDLE));

/** The state of the upload and the job of the draft. */
export function useGeneration() {
  const { uploaded, error } = useStore(upload);
  const { jobId } = useStore(draft);
  const job = useQuery({
    queryKey: ["job", jobId],
    queryFn: () => getJob(jobId ?? ""),
    enabled: jobId !== null,
    refetchInterval: ({ state }) => (state.data && isFinished(state.data) ? false : POLL_MS),
  });
  const found = jobId === null ? null : (job.data ?? null);
  // An old job, or one of a revoked key, is not an error here.
  const isGone = job.error instanceof ApiError && job.error.status === 404;
  return {
    uploaded,
    job: found,
    isBusy: uploaded !== null || (jobId !== null && !job.isError && !(found && isFinished(found))),
    error: error ?? (jobId !== null && !isGone ? job.error : null),
  };
}

export type Generation = ReturnType<typeof useGeneration>;

/** Clears the error, when something else is chosen. */
export function clearError(): void {
  if (upload.get().error !== null) upload.set({ error: null });
}
