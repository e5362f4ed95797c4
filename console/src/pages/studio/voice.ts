import type { Speech } from "../../api/public.ts";
import { words } from "../../words/index.ts";

export type Way = "text" | "file" | "record";

/** Where the voice comes from: what was typed, chosen and recorded is kept while another is looked at. */
export interface Voice {
  way: Way;
  speech: Speech;
  file: File | null;
  recording: Blob | null;
}

export const FIRST_VOICE: Voice = {
  way: "text",
  speech: {
    text: words.voice.firstText,
    language: "en-us",
    voice: "",
  },
  file: null,
  recording: null,
};

/** The sound that is used; `null` where a text is, or nothing was chosen yet. */
export function soundOf({ way, file, recording }: Voice): Blob | null {
  return way === "file" ? file : way === "record" ? recording : null;
}
