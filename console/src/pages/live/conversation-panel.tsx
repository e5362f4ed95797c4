import type { TranscriptMessage } from "@visavis/core";
import { MessageSquareText, Send, Volume2 } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { ErrorNotice } from "../../components/notice.tsx";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { session, useLiveSession } from "./live-session.ts";

const texts = words.conversation;

/** What both sides said, the newest below. Text that may still change is shown as such. */
function Transcript({ messages }: { messages: readonly TranscriptMessage[] }) {
  const list = useRef<HTMLDivElement>(null);
  const last = messages.at(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows what is said
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last?.id, last?.text]);
  if (messages.length === 0) return <p className="soft">{texts.nothingSaid}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also with the keyboard
    <div ref={list} className="transcript" role="log" aria-label={texts.transcript} tabIndex={0}>
      <ol>
        {messages.map(({ id, role, text, final }) => (
          <li key={`${role} ${id}`} className={role} data-final={final}>
            <small>{role === "user" ? texts.you : texts.avatar}</small>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** A line of text that is sent by a button or the Enter key. It is kept when it could not be sent. */
function TextLine({
  label,
  button,
  icon,
  onSend,
}: {
  label: string;
  button: string;
  icon: ReactNode;
  onSend: (text: string) => Promise<void>;
}) {
  const [text, setText] = useState("");
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { max_text_chars: maxChars } = useSession().limits;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "" || isSending) return;
    setSending(true);
    setError(null);
    try {
      await onSend(text.trim());
      setText("");
    } catch (failed) {
      setError(failed);
    } finally {
      setSending(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <div className="text-line">
        <label className="grow">
          <span className="visually-hidden">{label}</span>
          <input
            className="input"
            maxLength={maxChars}
            placeholder={label}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={isSending || text.trim() === ""}>
          {icon} {button}
        </button>
      </div>
      {error !== null && <ErrorNotice error={error} title={texts.notSent} />}
    </form>
  );
}

/** The running conversation: what was said, and texts for the avatar to answer or to say. */
export function ConversationPanel() {
  const { messages, muted } = useLiveSession();
  return (
    <section className="stack">
      <h2 className="row">
        <MessageSquareText size={18} aria-hidden /> {texts.transcript}
      </h2>
      <Transcript messages={messages} />
      {muted && <p className="hint">{texts.mutedHint}</p>}
      <TextLine
        label={texts.chat}
        button={texts.send}
        icon={<Send size={16} aria-hidden />}
        onSend={(text) => session.sendChat(text)}
      />
      <TextLine
        label={texts.say}
        button={texts.sayButton}
        icon={<Volume2 size={16} aria-hidden />}
        onSend={(text) => session.sayText(text)}
      />
      <p className="hint">{texts.sayHint}</p>
    </section>
  );
}
