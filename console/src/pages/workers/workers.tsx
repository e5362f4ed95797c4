import { useQuery } from "@tanstack/react-query";
import { Cpu } from "lucide-react";
import { consoleApi, held, type WorkersAnswer } from "../../api/console.ts";
import { since } from "../../parts/format.ts";
import { Notice } from "../../parts/notice.tsx";
import { Nothing, Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import "./workers.css";

const LOOK_EVERY_MS = 2000;
const MOST_DRAWN = 64;

type Worker = WorkersAnswer["workers"][number];

const sum = (workers: readonly Worker[], of: (worker: Worker) => number): number =>
  workers.reduce((soFar, each) => soFar + of(each), 0);

function Slots({ all, busy, what }: { all: number; busy: number; what: string }) {
  const drawn = Array.from({ length: Math.min(all, MOST_DRAWN) }, (_, index) => index);
  return (
    <div className="slots">
      <p className="row apart">
        <span>{what}</span>
        <span className="figures faint">
          {busy} of {all} busy
        </span>
      </p>
      <div className="slot-row" aria-hidden>
        {drawn.map((index) => (
          <i key={index} className={index < busy ? "busy" : ""} />
        ))}
      </div>
    </div>
  );
}

function Card({ worker }: { worker: Worker }) {
  return (
    <article className="card padded stack">
      <div className="row apart">
        <h2 className="mono cut">{worker.id}</h2>
        <span className="state good">alive</span>
      </div>
      <Slots all={worker.slots} busy={worker.busy} what="Jobs" />
      <Slots all={worker.live_slots} busy={worker.live_busy} what="Live sessions" />
      <p className="hint">Last heard of {since(worker.seen_at)}</p>
    </article>
  );
}

/** Who does the work, and how much is left to do. */
export function Workers() {
  const workers = useQuery({
    queryKey: ["workers"],
    queryFn: async () => held(await consoleApi.GET("/console/api/workers")),
    refetchInterval: LOOK_EVERY_MS,
  });
  return (
    <Page title="Workers" about="Processes that render, on this machine and others, as they are now.">
      <QueryView of={workers} failed="Workers cannot be shown">
        {(data) => (
          <div className="stack">
            <dl className="tiles">
              <div className="tile">
                <dt>Workers</dt>
                <dd>{data.workers.length}</dd>
              </div>
              <div className="tile">
                <dt>Live sessions</dt>
                <dd>
                  {sum(data.workers, (each) => each.live_busy)}{" "}
                  <small>of {sum(data.workers, (each) => each.live_slots)}</small>
                </dd>
              </div>
              <div className="tile">
                <dt>Jobs rendering</dt>
                <dd>
                  {data.processing} <small>of {sum(data.workers, (each) => each.slots)}</small>
                </dd>
              </div>
              <div className="tile">
                <dt>Jobs waiting</dt>
                <dd>{data.pending}</dd>
              </div>
            </dl>
            {data.workers.length === 0 ? (
              <div className="card">
                <Nothing icon={<Cpu size={28} aria-hidden />} title="No worker is alive">
                  <p>
                    Jobs wait until one comes. <code>visavis serve</code> starts its own again by itself.
                  </p>
                </Nothing>
              </div>
            ) : (
              <div className="workers">
                {data.workers.map((worker) => (
                  <Card key={worker.id} worker={worker} />
                ))}
              </div>
            )}
            <Notice kind="calm" title="More of them">
              <code>visavis work</code> on another machine adds one, with <code>DATABASE_URL</code> and an
              object store that both reach.
            </Notice>
          </div>
        )}
      </QueryView>
    </Page>
  );
}
