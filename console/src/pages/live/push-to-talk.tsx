import { Mic } from "lucide-react";
import { useEffect, useRef } from "react";
import { words } from "../../words/index.ts";
import { session, useLiveSession } from "./live-session.ts";

/** Elements in which the space bar has a meaning of its own. */
const USES_SPACE = "textarea, input, select, button, a, summary, [role=tab], [contenteditable]";

/** The microphone is on while the button is held, or the space bar anywhere on the page. */
export function PushToTalk() {
  const button = useRef<HTMLButtonElement>(null);
  const { muted } = useLiveSession();
  useEffect(() => {
    const held = button.current;
    if (!held) return;
    const release = session.pushToTalk(held);
    const pass = (event: KeyboardEvent) => {
      if (event.key !== " " || event.target === held) return;
      if (event.type === "keydown" && event.target instanceof Element && event.target.matches(USES_SPACE))
        return;
      event.preventDefault(); // the page would scroll
      held.dispatchEvent(new KeyboardEvent(event.type, { key: event.key }));
    };
    window.addEventListener("keydown", pass);
    window.addEventListener("keyup", pass);
    return () => {
      window.removeEventListener("keydown", pass);
      window.removeEventListener("keyup", pass);
      release();
    };
  }, []);
  return (
    <button
      ref={button}
      type="button"
      className={`button push-to-talk ${muted ? "" : "on"}`}
      title={words.live.pushToTalkHint}
    >
      <Mic size={17} aria-hidden /> {muted ? words.live.holdToTalk : words.live.talking}
    </button>
  );
}
