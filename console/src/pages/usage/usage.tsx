import { useQuery } from "@tanstack/react-query";
import { ChartColumn } from "lucide-react";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { consoleApi, held, type UsageAnswer } from "../../api/console.ts";
import { count, dollars, seconds } from "../../parts/format.ts";
import { Nothing, Page } from "../../parts/page.tsx";
import { Plot, type Series } from "../../parts/plot.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Table } from "../../parts/table.tsx";

const SPANS = [7, 30, 90] as const;
const DAY_MS = 86_400_000;
const KINDS: readonly [string, string, string][] = [
  ["video", "Video", "--plot-1"],
  ["realtime", "Live", "--plot-2"],
  ["tts", "Speech", "--plot-3"],
];
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

type Row = UsageAnswer["days"][number];
const total = (rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0);

/** The days of the span as numbers since 1970, today (UTC) last. */
function daysOf(span: number): number[] {
  const today = Math.floor(Date.now() / DAY_MS);
  return Array.from({ length: span }, (_, index) => today - span + 1 + index);
}

const numberOf = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);

/** For each kind that was used, a bar a day; each stands on those after it, so that the first shows the sum. */
function stacked(
  rows: readonly Row[],
  days: readonly number[],
  of: (row: Row) => number,
  unit: string,
): Series[] {
  const kinds = KINDS.filter(([kind]) => rows.some((row) => row.type === kind && of(row) > 0));
  const shown = kinds.length ? kinds : KINDS.slice(0, 1);
  const ofDay = (kinds: ReadonlySet<string>) =>
    days.map((day) =>
      total(
        rows.filter((row) => kinds.has(row.type) && numberOf(row.day) === day),
        of,
      ),
    );
  return shown.map(([kind, name, colour], index) => {
    const values = ofDay(new Set(shown.slice(index).map(([each]) => each)));
    return { name, colour, unit, values, own: ofDay(new Set([kind])) };
  });
}

function ByKey({ usage }: { usage: UsageAnswer }) {
  const rows = usage.keys.map((key) => {
    const days = usage.days.filter((row) => row.key_id === key.id);
    return {
      ...key,
      pieces: total(days, (row) => row.count),
      made: total(days, (row) => row.seconds),
      cost: total(days, (row) => row.cost_usd),
    };
  });
  return (
    <div className="card">
      <Table
        label="By key"
        rows={rows}
        keyOf={(row) => row.id}
        columns={[
          {
            name: "Key",
            cell: (row) => (
              <>
                <strong>{row.name}</strong> <code className="faint">{row.prefix}…</code>
              </>
            ),
          },
          { name: "Pieces", cell: (row) => count(row.pieces), isNumber: true },
          { name: "Made", cell: (row) => seconds(row.made), isNumber: true },
          { name: "Cost", cell: (row) => dollars(row.cost), isNumber: true },
        ]}
      />
    </div>
  );
}

function Plots({ usage, span }: { usage: UsageAnswer; span: number }) {
  const days = useMemo(() => daysOf(span), [span]);
  const minutes = useMemo(() => stacked(usage.days, days, (row) => row.seconds / 60, "min"), [usage, days]);
  const cost = useMemo(() => stacked(usage.days, days, (row) => row.cost_usd, "$"), [usage, days]);
  const made = total(usage.days, (row) => row.seconds);
  const paid = total(usage.days, (row) => row.cost_usd);
  const write = (x: number) => short.format(x * DAY_MS);
  return (
    <>
      <dl className="tiles">
        <div className="tile">
          <dt>Cost</dt>
          <dd>{dollars(paid)}</dd>
        </div>
        <div className="tile">
          <dt>Made</dt>
          <dd>{seconds(made)}</dd>
        </div>
        <div className="tile">
          <dt>Pieces</dt>
          <dd>{count(total(usage.days, (row) => row.count))}</dd>
        </div>
        <div className="tile">
          <dt>Price an hour</dt>
          <dd>
            {dollars(usage.price_per_hour_usd)}
            {usage.live_price_per_hour_usd !== usage.price_per_hour_usd && (
              <small> live {dollars(usage.live_price_per_hour_usd)}</small>
            )}
          </dd>
        </div>
      </dl>
      <div className="plots">
        <div className="card padded">
          <Plot
            title="Minutes made, by day"
            summary={`${seconds(made)} in ${span} days`}
            kind="bars"
            xs={days}
            series={minutes}
            write={write}
          />
        </div>
        <div className="card padded">
          <Plot
            title="Cost in dollars, by day"
            summary={`${dollars(paid)} in ${span} days`}
            kind="bars"
            xs={days}
            series={cost}
            write={write}
          />
        </div>
      </div>
      <ByKey usage={usage} />
    </>
  );
}

/** What was made, and what it costs. */
export function Usage() {
  const [span, setSpan] = useState<number>(30);
  const usage = useQuery({
    queryKey: ["usage", span],
    queryFn: async () =>
      held(await consoleApi.GET("/console/api/usage", { params: { query: { days: span } } })),
  });
  const deeds = (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a border and a legend
    <div className="tabs" role="group" aria-label="Span">
      {SPANS.map((each) => (
        <button key={each} type="button" aria-pressed={span === each} onClick={() => setSpan(each)}>
          {each} days
        </button>
      ))}
    </div>
  );
  return (
    <Page title="Usage" about="What your keys made and what it was billed for. Days are UTC." deeds={deeds}>
      <QueryView of={usage} failed="Usage cannot be shown" rows={6}>
        {(data) => (
          <div className="stack">
            {data.days.length === 0 ? (
              <div className="card">
                <Nothing
                  icon={<ChartColumn size={28} aria-hidden />}
                  title={`Nothing was made in ${span} days`}
                >
                  <p>Videos, speech and live sessions are counted here to the second.</p>
                  <Link className="button primary" to="/studio">
                    Make something
                  </Link>
                </Nothing>
              </div>
            ) : (
              <Plots usage={data} span={span} />
            )}
          </div>
        )}
      </QueryView>
    </Page>
  );
}
