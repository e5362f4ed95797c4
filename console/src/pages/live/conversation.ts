/** What a conversation is to be like, as it is entered on the page. Kept while the browser tab lives. */
import type { ConversationOptions } from "@visavis/core";
import { createStore, useStore } from "../../components/store.ts";
import { OWN_LANGUAGE } from "../../components/voices.ts";
import { words } from "../../words/index.ts";

export type Mode = "passthrough" | "conversation";

export interface ConversationDraft {
  mode: Mode;
  systemPrompt: string;
  language: string;
  voice: string;
  keepsTranscript: boolean;
}

const FIRST: ConversationDraft = {
  mode: "passthrough",
  systemPrompt: words.conversation.firstPrompt,
  language: OWN_LANGUAGE,
  voice: "",
  keepsTranscript: false,
};

export const draft = createStore<ConversationDraft>(FIRST);

export const useDraft = (): ConversationDraft => useStore(draft);

export const resetDraft = (): void => draft.set(FIRST);

/** The options for the session; `null` if the avatar is to say what it hears. */
export function conversationOf(entered: ConversationDraft): ConversationOptions | null {
  if (entered.mode !== "conversation") return null;
  const { systemPrompt, language, voice, keepsTranscript } = entered;
  return { systemPrompt: systemPrompt.trim(), language, voice, transcript: keepsTranscript };
}
