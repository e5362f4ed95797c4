import { useMemo } from "react";
import { clock } from "../../parts/format.ts";
import { Plot, type Series } from "../../parts/plot.tsx";
import type { Figures } from "./figures.ts";

const PLOTS: ReadonlyArray<{
  title: string;
  lines: readonly [string, string, string, (figures: Figures) => number | null][];
}> = [
  { title: "Latency, ms", lines: [["Line and buffer", "--plot-1", "ms", (each) => each.latencyMs]] },
  { title: "Lips behind sound, ms", lines: [["Offset", "--plot-2", "ms", (each) => each.offsetMs]] },
  {
    title: "Bitrate, kbit/s",
    lines: [
      ["Picture", "--plot-1", "kbit/s", (each) => each.videoKbps],
      ["Sound", "--plot-3", "kbit/s", (each) => each.audioKbps],
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
        return `${each.name}: ${last === undefined || last === null ? "not measured yet" : `${Math.round(last)} ${each.unit}`}`;
      });
      return { title, xs, series, summary: `Now: ${now.join(", ")}` };
    });
  }, [figures]);
  return (
    <section className="plots" aria-label="Figures">
      {drawn.map((plot) => (
        <div key={plot.title} className="card padded">
          <Plot kind="lines" write={clock} {...plot} />
        </div>
      ))}
    </section>
  );
}
