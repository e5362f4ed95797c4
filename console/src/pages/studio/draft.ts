/**
 * The draft of the studio. It survives other pages and, in IndexedDB, a reload. It belongs to one account and is
 * deleted when that signs out.
 */
import type { VideoOptions } from "../../api/public.ts";
import { deleteOtherAccounts, loadValue, saveValue } from "../../components/draft-storage.ts";
import { createStore } from "../../components/store.ts";
import { onSignOut } from "../../shell/session.tsx";
import { DEFAULT_OPTIONS } from "./default-options.ts";
import { DEFAULT_VOICE, type Voice } from "./voice.ts";

export interface Draft {
  account: string | null;
  face: File | null;
  voice: Voice;
  options: VideoOptions;
  /** ID of the job that was created from it last. */
  jobId: string | null;
  /** Whether it survives a reload. */
  isSaved: boolean;
}

/** Each is saved when it changes: a long audio file is not written again with every letter of a text. */
const FIELDS = ["face", "file", "recording", "options", "video", "jobId"] as const;
type Fields = Record<(typeof FIELDS)[number], unknown>;

const EMPTY: Draft = {
  account: null,
  face: null,
  voice: DEFAULT_VOICE,
  options: DEFAULT_OPTIONS,
  jobId: null,
  isSaved: true,
};
export const draft = createStore<Draft>(EMPTY);

const fieldsOf = ({ face, voice: { file, recording, ...spoken }, options, jobId }: Draft): Fields => ({
  face,
  file,
  recording,
  options: JSON.stringify(spoken),
  video: JSON.stringify(options),
  jobId,
});

/** Changes the draft, in memory and in storage. */
export function updateDraft(wanted: Partial<Pick<Draft, "face" | "voice" | "options" | "jobId">>): void {
  const before = fieldsOf(draft.get());
  draft.set(wanted);
  const { account } = draft.get();
  if (account === null) return;
  const after = fieldsOf(draft.get());
  const changed = FIELDS.filter((field) => before[field] !== after[field]);
  Promise.all(changed.map((field) => saveValue(account, field, after[field]))).catch(markUnsaved);
}

/** Without storage, as in private windows, the draft lasts as long as the page, which says so. */
function markUnsaved(): void {
  draft.set({ isSaved: false });
}

/** What was saved as JSON; nothing, if nothing was. */
const parsed = (saved: unknown): object => (typeof saved === "string" ? JSON.parse(saved) : {});

/** Loads the draft of an account, unless it is loaded already. */
export function openDraft(account: string | null): void {
  if (account === null || draft.get().account === account) return;
  draft.set({ ...EMPTY, account });
  const opened = draft.get();
  const read = async () => {
    await deleteOtherAccounts(account);
    const found = await Promise.all(FIELDS.map((field) => loadValue(account, field)));
    // Changes made meanwhile are newer.
    if (draft.get() !== opened) return;
    const [face, file, recording, spoken, options, jobId] = found;
    draft.set({
      face: face instanceof File ? face : null,
      jobId: typeof jobId === "string" ? jobId : null,
      options: { ...DEFAULT_OPTIONS, ...(parsed(options) as Partial<VideoOptions>) },
      voice: {
        ...DEFAULT_VOICE,
        ...(parsed(spoken) as Partial<Voice>),
        file: file instanceof File ? file : null,
        recording: recording instanceof Blob ? recording : null,
      },
    });
  };
  read().catch(markUnsaved);
}

onSignOut(async () => draft.set(EMPTY));
