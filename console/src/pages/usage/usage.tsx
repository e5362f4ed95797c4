import { useQuery } from "@tanstack/react-query";
import { ChartColumn } from "lucide-react";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { consoleApi, dataOf, type UsageAnswer } from "../../api/console.ts";
import { count, dollars, seconds, unitOfSeconds } from "../../components/format.ts";
import { EmptyState, Page } from "../../components/page.tsx";
import { Plot, type Series } from "../../components/plot.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { locale } from "../../words/language.ts";
import { KINDS } from "./kinds.ts";

const SPANS = [7, 30, 90] as const;
const DAY_MS = 86_400_000;
/** Whole units apart: half a minute is 30 seconds to people. */
const STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 100, 200, 500, 1000, 2000, 5000];
const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
const figure = new Intl.NumberFormat(locale);

type Row = UsageAnswer["days"][number];
const total = (rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0);

/** The days of the span as days since 1970, today (UTC) last. */
function daysOf(span: number): number[] {
  const today = Math.floor(Date.now() / DAY_MS);
  return Array.from({ length: span }, (_, index) => today - span + 1 + index);
}

const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);

/** Stacked bars for the kinds that were used. Each is drawn with the sum of itself and those after it. */
function stacked(
  rows: readonly Row[],
  days: readonly number[],
  of: (row: Row) => number,
  say: (value: number) => string,
): Series[] {
  const kinds = KINDS.filter(([kind]) => rows.some((row) => row.type === kind && of(row) > 0));
  const shown = kinds.length ? kinds : KINDS.slice(0, 1);
  const ofDay = (kinds: ReadonlySet<string>) =>
    days.map((day) =>
      total(
        rows.filter((row) => kinds.has(row.type) && dayNumber(row.day) === day),
        of,
      ),
    );
  return shown.map(([kind, name, colour], index) => {
    const values = ofDay(new Set(shown.slice(index).map(([each]) => each)));
    return { name, colour, say, values, own: ofDay(new Set([kind])) };
  });
}

/** Bars of time, in the unit that suits the longest of them: the lines of the grid are at round numbers of it. */
function stackedTimes(rows: readonly Row[], days: readonly number[]) {
  const most = Math.max(
    ...days.map((day) =>
      total(
        rows.filter((row) => dayNumber(row.day) === day),
        (row) => row.seconds,
      ),
    ),
  );
  const [unit, length] = unitOfSeconds(most);
  return {
    series: stacked(
      rows,
      days,
      (row) => row.seconds / length,
      (value) => seconds(value * length),
    ),
    mark: (value: number) => `${figure.format(value)} ${unit}`,
  };
}

function UsageByKey({ usage }: { usage: UsageAnswer }) {
  const { is_billed: isBilled } = useSession();
  const rows = usage.keys.map((key) => {
    const days = usage.days.filter((row) => row.key_id === key.id);
    return {
      ...key,
      items: total(days, (row) => row.count),
      duration: total(days, (row) => row.seconds),
      cost: total(days, (row) => row.cost_usd),
    };
  });
  const columns: readonly Column<(typeof rows)[number]>[] = [
    {
      name: words.usage.key,
      cell: (row) => (
        <>
          <strong>{row.name}</strong> <code className="faint">{row.prefix}…</code>
        </>
      ),
    },
    { name: words.usage.count, cell: (row) => count(row.items), isNumber: true },
    { name: words.usage.duration, cell: (row) => seconds(row.duration), isNumber: true },
    { name: words.usage.cost, cell: (row) => dollars(row.cost), isNumber: true },
  ];
  const shown = isBilled ? columns : columns.filter(({ name }) => name !== words.usage.cost);
  return (
    <div className="card">
      <Table label={words.usage.byKey} rows={rows} keyOf={(row) => row.id} columns={shown} />
    </div>
  );
}

function Prices({ usage }: { usage: UsageAnswer }) {
  return (
    <div className="tile">
      <dt>{words.usage.pricePerHour}</dt>
      <dd>
        {dollars(usage.price_per_hour_usd)}
        {usage.live_price_per_hour_usd !== usage.price_per_hour_usd && (
          <small> {words.usage.livePrice(dollars(usage.live_price_per_hour_usd))}</small>
        )}
        <small> {words.usage.conversationPrice(dollars(usage.conversation_price_per_hour_usd))}</small>
      </dd>
    </div>
  );
}

function Plots({ usage, span }: { usage: UsageAnswer; span: number }) {
  const { is_billed: isBilled } = useSession();
  const days = useMemo(() => daysOf(span), [span]);
  const times = useMemo(() => stackedTimes(usage.days, days), [usage, days]);
  const cost = useMemo(() => stacked(usage.days, days, (row) => row.cost_usd, dollars), [usage, days]);
  const duration = total(usage.days, (row) => row.seconds);
  const totalCost = total(usage.days, (row) => row.cost_usd);
  const write = (x: number) => short.format(x * DAY_MS);
  return (
    <>
      <dl className="tiles">
        {isBilled && (
          <div className="tile">
            <dt>{words.usage.cost}</dt>
            <dd>{dollars(totalCost)}</dd>
          </div>
        )}
        <div className="tile">
          <dt>{words.usage.duration}</dt>
          <dd>{seconds(duration)}</dd>
        </div>
        <div className="tile">
          <dt>{words.usage.count}</dt>
          <dd>{count(total(usage.days, (row) => row.count))}</dd>
        </div>
        {isBilled && <Prices usage={usage} />}
      </dl>
      <div className="plots">
        <div className="card padded">
          <Plot
            title={words.usage.durationPerDay}
            summary={words.usage.total(seconds(duration), span)}
            kind="bars"
            xs={days}
            series={times.series}
            write={write}
            mark={times.mark}
            steps={STEPS}
          />
        </div>
        {isBilled && (
          <div className="card padded">
            <Plot
              title={words.usage.costPerDay}
              summary={words.usage.total(dollars(totalCost), span)}
              kind="bars"
              xs={days}
              series={cost}
              write={write}
              mark={dollars}
            />
          </div>
        )}
      </div>
      <UsageByKey usage={usage} />
    </>
  );
}

/** Usage and cost by day and by key. */
export function Usage() {
  const { is_billed: isBilled } = useSession();
  const [span, setSpan] = useState<number>(30);
  const usage = useQuery({
    queryKey: ["usage", span],
    queryFn: async () =>
      dataOf(await consoleApi.GET("/console/api/usage", { params: { query: { days: span } } })),
  });
  const actions = (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a border and a legend
    <div className="tabs" role="group" aria-label={words.usage.timeRange}>
      {SPANS.map((each) => (
        <button key={each} type="button" aria-pressed={span === each} onClick={() => setSpan(each)}>
          {words.usage.days(each)}
        </button>
      ))}
    </div>
  );
  return (
    <Page
      title={words.shell.pages.usage}
      about={isBilled ? words.usage.aboutBilled : words.usage.about}
      actions={actions}
    >
      <QueryView of={usage} failed={words.usage.failed} rows={6}>
        {(data) => (
          <div className="stack">
            {data.days.length === 0 ? (
              <div className="card">
                <EmptyState
                  icon={<ChartColumn size={28} aria-hidden />}
                  title={words.usage.empty.title(span)}
                >
                  <p>{words.usage.empty.text}</p>
                  <Link className="button primary" to="/studio">
                    {words.usage.empty.action}
                  </Link>
                </EmptyState>
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
