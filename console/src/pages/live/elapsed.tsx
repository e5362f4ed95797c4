import { useEffect, useState } from "react";
import { clock } from "../../parts/format.ts";

/** How long ago something was, counting on. */
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
