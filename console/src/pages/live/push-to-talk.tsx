import { Mic } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { words } from "../../words/index.ts";
import { session } from "./live-session.ts";

/** Elements in which the space bar has a meaning of its own. */
const USES_SPACE = "textarea, input, select, button, a, summary, [role=tab], [contenteditable]";

/** Turns the microphone on and off, one after the other: the last wish counts. */
function useMicrophone() {
  const wanted = useRef(false);
  const running = useRef<Promise<void>>(Promise.resolve());
  return useRef((isOn: boolean) => {
    if (wanted.current === isOn) return;
    wanted.current = isOn;
    running.current = running.current.then(async () => {
      if (session.getState().muted === wanted.current) await session.setMicEnabled(wanted.current);
    });
  }).current;
}

/** The microphone is on while the button or the space bar is held. */
export function PushToTalk() {
  const [isHeld, setHeld] = useState(false);
  const turn = useMicrophone();
  const hold = (held: boolean) => {
    setHeld(held);
    turn(held);
  };
  const latest = useRef(hold);
  latest.current = hold;
  useEffect(() => {
    const isOurs = (event: KeyboardEvent) =>
      event.code === "Space" && !(event.target instanceof Element && event.target.matches(USES_SPACE));
    const press = (event: KeyboardEvent) => {
      if (!isOurs(event)) return;
      event.preventDefault(); // the page would scroll
      if (!event.repeat) latest.current(true);
    };
    const release = (event: KeyboardEvent) => {
      if (event.code === "Space") latest.current(false);
    };
    const leave = () => latest.current(false);
    window.addEventListener("keydown", press);
    window.addEventListener("keyup", release);
    window.addEventListener("blur", leave);
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener("keyup", release);
      window.removeEventListener("blur", leave);
      leave();
    };
  }, []);
  return (
    <button
      type="button"
      className={`button push-to-talk ${isHeld ? "on" : ""}`}
      aria-pressed={isHeld}
      title={words.live.pushToTalkHint}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        hold(true);
      }}
      onPointerUp={() => hold(false)}
      onPointerCancel={() => hold(false)}
      onKeyDown={(event) => {
        if (event.key === " " && !event.repeat) hold(true);
      }}
    >
      <Mic size={17} aria-hidden /> {isHeld ? words.live.talking : words.live.holdToTalk}
    </button>
  );
}
