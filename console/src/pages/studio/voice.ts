import type { Speech } from "../../api/public.ts";
import { OWN_LANGUAGE } from "../../components/voices.ts";
import { words } from "../../words/index.ts";

export type VoiceSource = "text" | "file" | "record";

/** The source of the voice. What was typed, chosen and recorded is kept when the source changes. */
export interface Voice {
  source: VoiceSource;
  speech: Speech;
  file: File | null;
  recording: Blob | null;
}

export const DEFAULT_VOICE: Voice = {
  source: "text",
  speech: {
    text: words.voice.firstText,
    language: OWN_LANGUAGE,
    voice: "",
  },
  file: null,
  recording: null,
};

/** The audio that is used; `null` for text, and before anything was chosen. */
export function audioOf({ source, file, recording }: Voice): Blob | null {
  return source === "file" ? file : source === "record" ? recording : null;
}
