import { useState } from "react";
import { words } from "../../words/index.ts";
import { useLiveSession } from "./live-session.ts";
import { qualityOf } from "./quality.ts";
import { StatsPlots } from "./stats-plots.tsx";

const texts = words.live.connection;

/** How good the connection is, in a few words; the plots behind it are in a drawer. */
export function Diagnostics() {
  const { stats, phase } = useLiveSession();
  const [isOpen, setOpen] = useState(false);
  const { quality, latencyMs } = qualityOf(stats, phase === "reconnecting");
  return (
    <details className="drawer diagnostics" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className={`state ${quality === "good" ? "good" : quality === "poor" ? "bad" : "wait"}`}>
          {latencyMs === null ? texts.unmeasured : texts.summary(texts.qualities[quality], latencyMs)}
        </span>
        <span className="soft">{texts.diagnostics}</span>
      </summary>
      {isOpen && stats.length > 0 && <StatsPlots stats={stats} />}
    </details>
  );
}
