import { AudioLines, MessageSquareText, Send, Square } from "lucide-react";
import { Tabs } from "radix-ui";
import { type FormEvent, useState } from "react";
import { synthesizeSpeech } from "../../api/public.ts";
import { AudioPicker } from "../../components/audio-picker.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { OWN_LANGUAGE } from "../../components/voices.ts";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { SpeechOptions, useAudioLimits } from "../studio/voice-picker.tsx";
import { session, useLiveSession } from "./live-session.ts";
import { speak, stopSpeech, useSpeech } from "./speech.ts";

const texts = words.live.speech;

function TextForm({
  onSpeak,
}: {
  onSpeak: (text: string, load: (signal: AbortSignal) => Promise<Blob>) => void;
}) {
  const [speech, setSpeech] = useState({ text: "", language: OWN_LANGUAGE, voice: "" });
  const { max_text_chars: maxChars } = useSession().limits;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = speech.text.trim();
    if (!text) return;
    onSpeak(text, (signal) => synthesizeSpeech({ ...speech, text }, signal));
    setSpeech({ ...speech, text: "" });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <label className="field">
        <span className="visually-hidden">{texts.text}</span>
        <textarea
          className="input"
          rows={3}
          maxLength={maxChars}
          placeholder={texts.placeholder}
          value={speech.text}
          onChange={(event) => setSpeech({ ...speech, text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey) submit(event);
          }}
        />
      </label>
      <SpeechOptions speech={speech} onChange={setSpeech} />
      <button type="submit" className="button primary" disabled={speech.text.trim() === ""}>
        <Send size={16} aria-hidden /> {texts.submit}
      </button>
    </form>
  );
}

/** Text or a file for the avatar to speak. The microphone has its own button below the video. */
export function SpeechPanel({ holdsToTalk }: { holdsToTalk: boolean }) {
  const speaking = useSpeech();
  const { muted } = useLiveSession();
  const limits = { ...useAudioLimits(), playedInBrowser: true };
  const speakFile = (file: File) => void speak(session, file.name, async () => file);
  return (
    <section className="stack">
      <h2>{texts.title}</h2>
      {muted && !holdsToTalk && <p className="hint">{texts.mutedHint}</p>}
      <Tabs.Root defaultValue="text">
        <Tabs.List className="tabs" aria-label={texts.sources}>
          <Tabs.Trigger value="text">
            <MessageSquareText size={15} aria-hidden /> {texts.source.text}
          </Tabs.Trigger>
          <Tabs.Trigger value="file">
            <AudioLines size={15} aria-hidden /> {texts.source.file}
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="text" tabIndex={-1} className="tab-body">
          <TextForm onSpeak={(text, load) => void speak(session, text, load)} />
        </Tabs.Content>
        <Tabs.Content value="file" tabIndex={-1} className="tab-body">
          <AudioPicker prompt={texts.drop} limits={limits} onChoose={speakFile} />
        </Tabs.Content>
      </Tabs.Root>
      {speaking.error !== null && <ErrorNotice error={speaking.error} title={texts.failed} />}
      {speaking.utterances.length > 0 && (
        <ul className="utterances" aria-label={texts.history}>
          {speaking.utterances.map(({ id, text }) => (
            <li key={id} className={id === speaking.currentId ? "now" : ""}>
              {text}
            </li>
          ))}
        </ul>
      )}
      {speaking.currentId !== null && (
        <button type="button" className="button" onClick={() => stopSpeech(session)}>
          <Square size={15} aria-hidden /> {texts.stop}
        </button>
      )}
    </section>
  );
}
