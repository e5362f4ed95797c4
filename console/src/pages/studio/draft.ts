/**
 * What is being made in the studio: kept while other pages are shown, and on this browser's disk for when
 * the page is loaded again. It belongs to one account, and goes when that signs out.
 */
import { forgetOthers, keep, readKept } from "../../parts/database.ts";
import { createStore } from "../../parts/store.ts";
import { onSigningOut } from "../../shell/session.tsx";
import { FIRST_VOICE, type Voice } from "./voice.ts";

export interface Draft {
  account: string | null;
  face: File | null;
  voice: Voice;
  /** The video that was made of it last. */
  jobId: string | null;
  /** Whether it will be there when the page is loaded again. */
  isKept: boolean;
}

/** Each is written when it changes: a long sound is not written anew with every letter of a text. */
const PARTS = ["face", "file", "recording", "words", "jobId"] as const;
type Parts = Record<(typeof PARTS)[number], unknown>;

const EMPTY: Draft = { account: null, face: null, voice: FIRST_VOICE, jobId: null, isKept: true };
export const draft = createStore<Draft>(EMPTY);

const partsOf = ({ face, voice: { file, recording, ...words }, jobId }: Draft): Parts => ({
  face,
  file,
  recording,
  words: JSON.stringify(words),
  jobId,
});

/** Changes the draft, here and on the disk. */
export function change(wanted: Partial<Pick<Draft, "face" | "voice" | "jobId">>): void {
  const before = partsOf(draft.get());
  draft.set(wanted);
  const { account } = draft.get();
  if (account === null) return;
  const after = partsOf(draft.get());
  const changed = PARTS.filter((part) => before[part] !== after[part]);
  Promise.all(changed.map((part) => keep(account, part, after[part]))).catch(notKept);
}

/** Without a disk to write to, as in private windows, the draft lasts as long as the page; it says so. */
function notKept(): void {
  draft.set({ isKept: false });
}

/** Finds the draft of an account again, unless it is here already. */
export function openDraft(account: string | null): void {
  if (account === null || draft.get().account === account) return;
  draft.set({ ...EMPTY, account });
  const opened = draft.get();
  const read = async () => {
    await forgetOthers(account);
    const found = await Promise.all(PARTS.map((part) => readKept(account, part)));
    // What was chosen meanwhile is newer.
    if (draft.get() !== opened) return;
    const [face, file, recording, words, jobId] = found;
    draft.set({
      face: face instanceof File ? face : null,
      jobId: typeof jobId === "string" ? jobId : null,
      voice: {
        ...FIRST_VOICE,
        ...(typeof words === "string" ? (JSON.parse(words) as Partial<Voice>) : {}),
        file: file instanceof File ? file : null,
        recording: recording instanceof Blob ? recording : null,
      },
    });
  };
  read().catch(notKept);
}

onSigningOut(async () => draft.set(EMPTY));
