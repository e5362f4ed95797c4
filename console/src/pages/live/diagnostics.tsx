import { useState } from "react";
import { words } from "../../words/index.ts";
import { useLiveSession } from "./live-session.ts";
import { StatsPlots } from "./stats-plots.tsx";

const texts = words.live.connection;
const KINDS = { good: "good", fair: "wait", poor: "bad", lost: "bad" };

/** How good the connection is, in a few words; the plots behind it are in a drawer. */
export function Diagnostics() {
  const { stats, quality, latency } = useLiveSession();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="drawer diagnostics" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className={`state ${quality === null ? "wait" : KINDS[quality]}`}>
          {quality === null ? texts.unmeasured : texts.summary(texts.qualities[quality], latency)}
        </span>
        <span className="soft">{texts.diagnostics}</span>
      </summary>
      {isOpen && stats.length > 0 && <StatsPlots stats={stats} />}
    </details>
  );
}
