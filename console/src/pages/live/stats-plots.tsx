import { useMemo } from "react";
import { clock, count } from "../../components/format.ts";
import { Plot, type Series } from "../../components/plot.tsx";
import { words } from "../../words/index.ts";
import type { Stats } from "./stats.ts";

const texts = words.live.stats;

const PLOTS: ReadonlyArray<{
  title: string;
  lines: readonly [string, string, string, (stats: Stats) => number | null][];
}> = [
  { title: texts.latency, lines: [[texts.networkAndBuffer, "--plot-1", "ms", (each) => each.latencyMs]] },
  { title: texts.offset, lines: [[texts.offsetSeries, "--plot-2", "ms", (each) => each.offsetMs]] },
  {
    title: texts.bitrate,
    lines: [
      [texts.video, "--plot-1", "kbit/s", (each) => each.videoKbps],
      [texts.audio, "--plot-3", "kbit/s", (each) => each.audioKbps],
    ],
  },
];

/** How the session reaches this browser: the last two minutes. */
export function StatsPlots({ stats }: { stats: readonly Stats[] }) {
  const drawn = useMemo(() => {
    const xs = stats.map((each) => each.atS);
    return PLOTS.map(({ title, lines }) => {
      const series: Series[] = lines.map(([name, colour, unit, read]) => ({
        name,
        colour,
        say: (value) => `${count(Math.round(value))} ${unit}`,
        values: stats.map(read),
      }));
      const now = series.map((each) => {
        const last = each.values.findLast((value) => value !== null);
        const value = last === undefined || last === null ? texts.noData : each.say(last);
        return texts.value(each.name, value);
      });
      return { title, xs, series, summary: texts.now(now.join(", ")) };
    });
  }, [stats]);
  return (
    <section className="plots" aria-label={texts.title}>
      {drawn.map((plot) => (
        <div key={plot.title} className="card padded">
          <Plot kind="lines" write={clock} {...plot} />
        </div>
      ))}
    </section>
  );
}
