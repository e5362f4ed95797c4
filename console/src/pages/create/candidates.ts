/** What is asked for on the page, and the candidates of the last job. It outlives the page. */

import { type AvatarPicture, requestAvatars, waitForAvatars } from "../../api/avatars.ts";
import { ApiError } from "../../api/error.ts";
import { createStore } from "../../components/store.ts";
import { onSignOut } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";

const COUNT = 4;
const SEEDS = 2 ** 32;

export interface Creation {
  prompt: string;
  hints: Readonly<Record<string, string>>;
  references: readonly File[];
  isBusy: boolean;
  error: unknown;
  jobId: string | null;
  pictures: readonly AvatarPicture[];
  /** Index of the chosen picture. */
  chosen: number;
}

const EMPTY: Creation = {
  prompt: "",
  hints: {},
  references: [],
  isBusy: false,
  error: null,
  jobId: null,
  pictures: [],
  chosen: 0,
};
export const creation = createStore<Creation>(EMPTY);
let running = new AbortController();

onSignOut(async () => {
  running.abort();
  creation.set(EMPTY);
});

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** Creates new candidates. Errors are in the state. */
export async function createCandidates(): Promise<void> {
  const { prompt, hints, references, isBusy } = creation.get();
  if (isBusy) return;
  running = new AbortController();
  const { signal } = running;
  creation.set({ isBusy: true, error: null, pictures: [], jobId: null, chosen: 0 });
  try {
    const jobId = await requestAvatars({
      prompt,
      hints,
      references: await Promise.all(references.map(dataUrl)),
      count: COUNT,
      seed: Math.floor(Math.random() * SEEDS),
    });
    let job = await waitForAvatars(jobId, signal);
    while (job.status === "queued" || job.status === "processing") job = await waitForAvatars(jobId, signal);
    if (!job.data.avatar) throw new ApiError("failed", job.data.error_log ?? words.avatars.noResult, 0);
    creation.set({ jobId, pictures: job.data.avatar.images });
  } catch (error) {
    if (!signal.aborted) creation.set({ error });
  } finally {
    if (!signal.aborted) creation.set({ isBusy: false });
  }
}
