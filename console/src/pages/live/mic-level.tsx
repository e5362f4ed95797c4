import { useEffect, useRef } from "react";
import { words } from "../../words/index.ts";
import { session } from "./live-session.ts";

/** How loud the microphone is. */
export function MicLevel() {
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    let frame = 0;
    const read = () => {
      if (meter.current) meter.current.value = session.level("user");
      frame = requestAnimationFrame(read);
    };
    frame = requestAnimationFrame(read);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <meter ref={meter} className="mic-level" aria-label={words.live.micLevel} min={0} max={1} value={0} />
  );
}
