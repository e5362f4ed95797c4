import { useQuery } from "@tanstack/react-query";
import { type ConversationAnswer, consoleApi, dataOf } from "../../api/console.ts";
import { dollars, duration } from "../../components/format.ts";
import { ErrorNotice, Notice } from "../../components/notice.tsx";
import { nameOfVoice, voicesOf } from "../../components/voices.ts";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { LANGUAGES, languageNames } from "../studio/voice-picker.tsx";
import { draft, useDraft } from "./conversation.ts";

const texts = words.conversation;
const MAX_PROMPT_CHARS = 16_000;

/** What answers, in plain words. */
function WhatAnswers({ answer }: { answer: ConversationAnswer }) {
  if (answer.has_model)
    return (
      <p className="hint" role="note">
        {texts.answersFromModel(answer.model ?? "")}
      </p>
    );
  return (
    <Notice kind="info" title={texts.answersFromText}>
      {texts.answersFromTextMore}
    </Notice>
  );
}

/** The settings of a conversation: the system prompt, the language and the voice. */
export function ConversationSetup() {
  const entered = useDraft();
  const { limits, is_billed: isBilled } = useSession();
  const known = useQuery({
    queryKey: ["conversation"],
    queryFn: async () => dataOf(await consoleApi.GET("/console/api/conversation")),
  });
  const voices = voicesOf(known.data?.voices ?? [], entered.language);
  return (
    <>
      <label className="field">
        <span>{texts.systemPrompt}</span>
        <textarea
          className="input"
          rows={8}
          maxLength={MAX_PROMPT_CHARS}
          value={entered.systemPrompt}
          placeholder={texts.promptPlaceholder}
          onChange={(event) => draft.set({ systemPrompt: event.target.value })}
        />
        <small className="hint">{texts.promptHint}</small>
      </label>
      {known.data && <WhatAnswers answer={known.data} />}
      {known.isError && <ErrorNotice error={known.error} title={texts.notLoaded} />}
      <div className="pair">
        <label className="field">
          <span>{words.voice.language}</span>
          <select
            className="input"
            value={entered.language}
            onChange={(event) => draft.set({ language: event.target.value, voice: "" })}
          >
            {LANGUAGES.map((tag) => (
              <option key={tag} value={tag}>
                {languageNames.of(tag)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{words.voice.voice}</span>
          <select
            className="input"
            value={entered.voice}
            onChange={(event) => draft.set({ voice: event.target.value })}
          >
            <option value="">{words.voice.default}</option>
            {voices.map((voice) => (
              <option key={voice.id} value={voice.id}>
                {nameOfVoice(voice)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={entered.keepsTranscript}
          onChange={(event) => draft.set({ keepsTranscript: event.target.checked })}
        />
        <span>{texts.keepTranscript(duration(limits.result_ttl_s))}</span>
      </label>
      {isBilled && known.data && (
        <p className="hint">{texts.price(dollars(known.data.price_per_hour_usd))}</p>
      )}
    </>
  );
}
