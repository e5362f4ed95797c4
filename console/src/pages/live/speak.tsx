import type { UseAvatarSessionResult } from "@visavis/react";
import { AudioLines, MessageSquareText, Send, Square } from "lucide-react";
import { Tabs } from "radix-ui";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { speakText } from "../../api/public.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { SoundDrop } from "../../parts/sound-drop.tsx";
import { MOST_CHARS, SpeechChoice } from "../studio/voice.tsx";

const KEPT = 5;

interface Said {
  id: number;
  words: string;
}

/** Lets the avatar say one thing after the other; a new one cuts the one before short. */
function useSpeaking(session: UseAvatarSessionResult) {
  const [said, setSaid] = useState<readonly Said[]>([]);
  const [now, setNow] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const current = useRef<{ id: number; cancel: AbortController } | null>(null);
  const next = useRef(1);
  const { speak, interrupt } = session;

  const stop = () => {
    current.current?.cancel.abort();
    current.current = null;
    interrupt();
    setNow(null);
  };
  useEffect(() => () => current.current?.cancel.abort(), []);

  const say = async (words: string, sound: (signal: AbortSignal) => Promise<Blob>) => {
    stop();
    const id = next.current++;
    const cancel = new AbortController();
    current.current = { id, cancel };
    setError(null);
    setNow(id);
    setSaid((before) => [...before, { id, words }].slice(-KEPT));
    try {
      const playback = await speak(await sound(cancel.signal));
      if (cancel.signal.aborted) playback.stop();
      await playback.finished;
    } catch (failure) {
      if (!cancel.signal.aborted) setError(failure);
    } finally {
      if (current.current?.id === id) {
        current.current = null;
        setNow(null);
      }
    }
  };
  return { said, now, error, say, stop };
}

function Typed({ onSay }: { onSay: (words: string, sound: (signal: AbortSignal) => Promise<Blob>) => void }) {
  const [speech, setSpeech] = useState({ text: "", language: "en-us", voice: "" });
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
          maxLength={MOST_CHARS}
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
export function Speak({ session }: { session: UseAvatarSessionResult }) {
  const speaking = useSpeaking(session);
  const sayFile = (file: File) => void speaking.say(file.name, async () => file);
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
          <Typed onSay={(words, sound) => void speaking.say(words, sound)} />
        </Tabs.Content>
        <Tabs.Content value="file" tabIndex={-1} className="tab-body">
          <SoundDrop invitation="Drop a sound here, and it is said." onChoose={sayFile} />
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
        <button type="button" className="button" onClick={speaking.stop}>
          <Square size={15} aria-hidden /> Stop talking
        </button>
      )}
    </section>
  );
}
