import { useEffect, useId, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { colourOf, onThemeChange } from "../theme.ts";
import { words } from "../words/index.ts";
import { count } from "./format.ts";
import "./plot.css";

export interface Series {
  name: string;
  /** A colour token, such as `--plot-1`. */
  colour: string;
  /** A value as people read it, with its unit. */
  say: (value: number) => string;
  values: ReadonlyArray<number | null>;
  /** Values for the legend, if they differ from the heights, as in stacked bars. */
  own?: ReadonlyArray<number | null>;
}

const HEIGHT_PX = 190;
const BAR_SHARE = 0.62;
const MAX_BAR_PX = 34;

function writeNewest(plot: uPlot): void {
  if ((plot.cursor.left ?? -1) < 0) plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

interface Drawn {
  series: readonly Series[];
  write: (x: number) => string;
  mark: (y: number) => string;
}

/** Options of uPlot. Colours are read once; names and numbers are read from `now` at every draw. */
function options(
  kind: "bars" | "lines",
  steps: readonly number[] | undefined,
  now: () => Drawn,
): uPlot.Options {
  const faint = colourOf("--ink-faint");
  const line = colourOf("--line");
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const paths = uPlot.paths.bars?.({ size: [BAR_SHARE, MAX_BAR_PX], radius: 0.25 });
  const axis = { stroke: faint, font, ticks: { show: false }, border: { show: false } };
  return {
    width: 0,
    height: HEIGHT_PX,
    padding: [12, 18, 0, 0],
    cursor: { y: false, points: { show: kind === "lines" }, drag: { x: false, y: false } },
    legend: { show: true, live: true },
    // Without a cursor, the legend shows the newest values. uPlot clears it first, hence the microtask.
    hooks: { draw: [(plot) => queueMicrotask(() => writeNewest(plot))] },
    scales: {
      x: { time: false, ...(kind === "bars" && { range: (_, low, high) => [low - 0.5, high + 0.5] }) },
      y: { range: (_, low, high) => [Math.min(0, low), (Math.max(high, 0) || 1) * 1.08] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, splits) => splits.map((split) => (Number.isInteger(split) ? now().write(split) : "")),
        space: 64,
        size: 30,
      },
      {
        ...axis,
        values: (_, splits) => splits.map((split) => now().mark(split)),
        size: 56,
        grid: { stroke: line, width: 1 },
        space: 36,
        ...(steps && { incrs: [...steps] }),
      },
    ],
    series: [
      {
        label: kind === "bars" ? words.common.day : words.common.time,
        value: (_, x) => (x === null ? words.common.none : now().write(x)),
      },
      ...now().series.map((each): uPlot.Series => {
        const stroke = colourOf(each.colour);
        return {
          label: each.name,
          stroke,
          value: (_, y, row, index) => {
            const newest = now().series[row - 1] ?? each;
            const shown = index === null ? null : (newest.own ?? newest.values)[index];
            if (y === null || shown === null || shown === undefined) return words.common.none;
            return newest.say(shown);
          },
          points: { show: false },
          ...(kind === "bars" && paths ? { fill: stroke, width: 0, paths } : { width: 2, spanGaps: false }),
        };
      }),
    ],
  };
}

/**
 * A plot over time, drawn by uPlot, with a summary for screen readers.
 *
 * Bars of one day are drawn over each other: pass the sum first.
 */
export function Plot({
  title,
  summary,
  kind,
  xs,
  series,
  write,
  mark = count,
  steps,
}: {
  title: string;
  summary: string;
  kind: "bars" | "lines";
  xs: readonly number[];
  series: readonly Series[];
  write: (x: number) => string;
  /** What is written at a line of the grid. */
  mark?: (y: number) => string;
  /** How far apart these lines may be, if not as the numbers suggest. Stays the same. */
  steps?: readonly number[];
}) {
  const frame = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | null>(null);
  const label = useId();
  const shape = series.map((each) => each.name + each.colour).join();
  const latest = useRef({ series, xs, write, mark });
  latest.current = { series, xs, write, mark };

  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew when the series are others
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const draw = () => {
      drawn.current?.destroy();
      const now = latest.current;
      const plot = new uPlot(
        { ...options(kind, steps, () => latest.current), width: element.clientWidth },
        dataOf(now.xs, now.series),
        element,
      );
      drawn.current = plot;
    };
    draw();
    const resizing = new ResizeObserver(() => {
      drawn.current?.setSize({ width: element.clientWidth, height: HEIGHT_PX });
    });
    resizing.observe(element);
    const ending = onThemeChange(draw);
    return () => {
      ending();
      resizing.disconnect();
      drawn.current?.destroy();
      drawn.current = null;
    };
  }, [kind, shape]);

  useEffect(() => {
    drawn.current?.setData(dataOf(xs, series));
  }, [xs, series]);

  return (
    <figure className="plot" aria-labelledby={label}>
      <figcaption id={label}>
        {title}
        <span className="visually-hidden">. {summary}</span>
      </figcaption>
      <div ref={frame} aria-hidden />
    </figure>
  );
}

function dataOf(xs: readonly number[], series: readonly Series[]): uPlot.AlignedData {
  return [[...xs], ...series.map((each) => [...each.values])];
}
