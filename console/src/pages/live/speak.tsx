import { AudioLines, MessageSquareText, Send, Square } from "lucide-react";
import { Tabs } from "radix-ui";
import { type FormEvent, useState } from "react";
import { speakText } from "../../api/public.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { SoundDrop } from "../../parts/sound-drop.tsx";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { SpeechChoice, useSoundLimits } from "../studio/voice-choice.tsx";
import { session } from "./call.ts";
import { sayAloud, stopSpeaking, useSpeaking } from "./speaking.ts";

const texts = words.live.speech;

function Typed({ onSay }: { onSay: (text: string, sound: (signal: AbortSignal) => Promise<Blob>) => void }) {
  const [speech, setSpeech] = useState({ text: "", language: "en-us", voice: "" });
  const { max_text_chars: maxChars } = useSession().limits;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = speech.text.trim();
    if (!text) return;
    onSay(text, (signal) => speakText({ ...speech, text }, signal));
    setSpeech({ ...speech, text: "" });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <label className="field">
        <span className="unseen">{texts.text}</span>
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
      <SpeechChoice speech={speech} onChange={setSpeech} />
      <button type="submit" className="button primary" disabled={speech.text.trim() === ""}>
        <Send size={16} aria-hidden /> {texts.submit}
      </button>
    </form>
  );
}

/** What the avatar says: typed, or from a file. The microphone has its own button below the picture. */
export function Speak() {
  const speaking = useSpeaking();
  const limits = { ...useSoundLimits(), playedHere: true };
  const sayFile = (file: File) => void sayAloud(session, file.name, async () => file);
  return (
    <section className="stack">
      <h2>{texts.title}</h2>
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
          <Typed onSay={(text, sound) => void sayAloud(session, text, sound)} />
        </Tabs.Content>
        <Tabs.Content value="file" tabIndex={-1} className="tab-body">
          <SoundDrop invitation={texts.drop} limits={limits} onChoose={sayFile} />
        </Tabs.Content>
      </Tabs.Root>
      {speaking.error !== null && <FailureNotice error={speaking.error} title={texts.failed} />}
      {speaking.said.length > 0 && (
        <ul className="said" aria-label={texts.history}>
          {speaking.said.map(({ id, text }) => (
            <li key={id} className={id === speaking.now ? "now" : ""}>
              {text}
            </li>
          ))}
        </ul>
      )}
      {speaking.now !== null && (
        <button type="button" className="button" onClick={() => stopSpeaking(session)}>
          <Square size={15} aria-hidden /> {texts.stop}
        </button>
      )}
    </section>
  );
}
