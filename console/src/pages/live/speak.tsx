import { AudioLines, MessageSquareText, Send, Square } from "lucide-react";
import { Tabs } from "radix-ui";
import { type FormEvent, useState } from "react";
import { speakText } from "../../api/public.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { SoundDrop } from "../../parts/sound-drop.tsx";
import { useSession } from "../../shell/session.tsx";
import { SpeechChoice, useSoundLimits } from "../studio/voice-choice.tsx";
import { session } from "./call.ts";
import { sayAloud, stopSpeaking, useSpeaking } from "./speaking.ts";

function Typed({ onSay }: { onSay: (words: string, sound: (signal: AbortSignal) => Promise<Blob>) => void }) {
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
        <span className="unseen">Text to be said</span>
        <textarea
          className="input"
          rows={3}
          maxLength={maxChars}
          placeholder="Type what it should say, then press Enter"
          value={speech.text}
          onChange={(event) => setSpeech({ ...speech, text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey) submit(event);
          }}
        />
      </label>
      <SpeechChoice speech={speech} onChange={setSpeech} />
      <button type="submit" className="button primary" disabled={speech.text.trim() === ""}>
        <Send size={16} aria-hidden /> Say it
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
      <h2>Speak</h2>
      <Tabs.Root defaultValue="text">
        <Tabs.List className="tabs" aria-label="What it says">
          <Tabs.Trigger value="text">
            <MessageSquareText size={15} aria-hidden /> Text
          </Tabs.Trigger>
          <Tabs.Trigger value="file">
            <AudioLines size={15} aria-hidden /> Sound
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="text" tabIndex={-1} className="tab-body">
          <Typed onSay={(words, sound) => void sayAloud(session, words, sound)} />
        </Tabs.Content>
        <Tabs.Content value="file" tabIndex={-1} className="tab-body">
          <SoundDrop invitation="Drop a sound here, and it is said." limits={limits} onChoose={sayFile} />
        </Tabs.Content>
      </Tabs.Root>
      {speaking.error !== null && <FailureNotice error={speaking.error} title="This cannot be said" />}
      {speaking.said.length > 0 && (
        <ul className="said" aria-label="Said">
          {speaking.said.map(({ id, words }) => (
            <li key={id} className={id === speaking.now ? "now" : ""}>
              {words}
            </li>
          ))}
        </ul>
      )}
      {speaking.now !== null && (
        <button type="button" className="button" onClick={() => stopSpeaking(session)}>
          <Square size={15} aria-hidden /> Stop talking
        </button>
      )}
    </section>
  );
}
