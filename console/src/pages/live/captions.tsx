import { useLiveSession } from "./live-session.ts";
import { useSpeech } from "./speech.ts";

/** What the avatar says now: the text that it was given, or its last answer. */
export function Captions() {
  const { messages } = useLiveSession();
  const { utterances, currentId } = useSpeech();
  const spoken = utterances.find(({ id }) => id === currentId)?.text;
  const last = messages.at(-1);
  const text = spoken ?? (last?.role === "agent" ? last.text : undefined);
  if (!text) return null;
  return (
    <p className="live-captions">
      <span className="live-captions-text">{text}</span>
    </p>
  );
}
