import { useMemo } from "react";
import { clock } from "../../parts/format.ts";
import { Plot, type Series } from "../../parts/plot.tsx";
import { words } from "../../words/index.ts";
import type { Figures } from "./figures.ts";

const { stats } = words.live;

const PLOTS: ReadonlyArray<{
  title: string;
  lines: readonly [string, string, string, (figures: Figures) => number | null][];
}> = [
  { title: stats.latency, lines: [[stats.networkAndBuffer, "--plot-1", "ms", (each) => each.latencyMs]] },
  { title: stats.offset, lines: [[stats.offsetSeries, "--plot-2", "ms", (each) => each.offsetMs]] },
  {
    title: stats.bitrate,
    lines: [
      [stats.video, "--plot-1", "kbit/s", (each) => each.videoKbps],
      [stats.audio, "--plot-3", "kbit/s", (each) => each.audioKbps],
    ],
  },
];

/** How the session reaches this browser: the last two minutes. */
export function LivePlots({ figures }: { figures: readonly Figures[] }) {
  const drawn = useMemo(() => {
    const xs = figures.map((each) => each.atS);
    return PLOTS.map(({ title, lines }) => {
      const series: Series[] = lines.map(([name, colour, unit, read]) => ({
        name,
        colour,
        unit,
        values: figures.map(read),
      }));
      const now = series.map((each) => {
        const last = each.values.findLast((value) => value !== null);
        const value = last === undefined || last === null ? stats.noData : `${Math.round(last)} ${each.unit}`;
        return stats.value(each.name, value);
      });
      return { title, xs, series, summary: stats.now(now.join(", ")) };
    });
  }, [figures]);
  return (
    <section className="plots" aria-label={stats.title}>
      {drawn.map((plot) => (
        <div key={plot.title} className="card padded">
          <Plot kind="lines" write={clock} {...plot} />
        </div>
      ))}
    </section>
  );
}
