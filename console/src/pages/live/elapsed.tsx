import { useEffect, useState } from "react";
import { clock } from "../../components/format.ts";

/** The time since a moment, updated every second. */
export function Elapsed({ since }: { since: number }) {
  const [s, setS] = useState(() => (Date.now() - since) / 1000);
  useEffect(() => {
    const tick = () => setS((Date.now() - since) / 1000);
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [since]);
  return (
    <span className="figures" role="timer">
      {clock(Math.max(0, s))}
    </span>
  );
}
