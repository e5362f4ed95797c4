import { useQuery } from "@tanstack/react-query";
import { Cpu } from "lucide-react";
import { consoleApi, dataOf, type WorkersAnswer } from "../../api/console.ts";
import { Coded } from "../../components/coded.tsx";
import { count, since } from "../../components/format.ts";
import { Notice } from "../../components/notice.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { words } from "../../words/index.ts";
import "./workers.css";

const REFETCH_MS = 2000;
const MAX_DRAWN = 64;

type Worker = WorkersAnswer["workers"][number];

const sum = (workers: readonly Worker[], of: (worker: Worker) => number): number =>
  workers.reduce((soFar, each) => soFar + of(each), 0);

function Slots({ all, busy, what }: { all: number; busy: number; what: string }) {
  const drawn = Array.from({ length: Math.min(all, MAX_DRAWN) }, (_, index) => index);
  return (
    <div className="slots">
      <p className="row apart">
        <span>{what}</span>
        <span className="figures faint">{words.workers.inUse(busy, all)}</span>
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
        <StatusBadge status="online" />
      </div>
      <Slots all={worker.slots} busy={worker.busy} what={words.workers.jobs} />
      <Slots all={worker.live_slots} busy={worker.live_busy} what={words.workers.liveSessions} />
      <p className="hint">{words.workers.lastHeartbeat(since(worker.seen_at))}</p>
    </article>
  );
}

/** The workers that are online, and the queue. */
export function Workers() {
  const workers = useQuery({
    queryKey: ["workers"],
    queryFn: async () => dataOf(await consoleApi.GET("/console/api/workers")),
    refetchInterval: REFETCH_MS,
  });
  return (
    <Page title={words.shell.pages.workers} about={words.workers.about}>
      <QueryView of={workers} failed={words.workers.failed}>
        {(data) => (
          <div className="stack">
            <dl className="tiles">
              <div className="tile">
                <dt>{words.workers.count}</dt>
                <dd>{data.workers.length}</dd>
              </div>
              <div className="tile">
                <dt>{words.workers.liveSessions}</dt>
                <dd>
                  {sum(data.workers, (each) => each.live_busy)}{" "}
                  <small>{words.common.of(count(sum(data.workers, (each) => each.live_slots)))}</small>
                </dd>
              </div>
              <div className="tile">
                <dt>{words.workers.jobsRendering}</dt>
                <dd>
                  {data.processing}{" "}
                  <small>{words.common.of(count(sum(data.workers, (each) => each.slots)))}</small>
                </dd>
              </div>
              <div className="tile">
                <dt>{words.workers.jobsQueued}</dt>
                <dd>{data.pending}</dd>
              </div>
            </dl>
            {data.workers.length === 0 ? (
              <div className="card">
                <EmptyState icon={<Cpu size={28} aria-hidden />} title={words.workers.empty.title}>
                  <p>
                    <Coded>{words.workers.empty.text}</Coded>
                  </p>
                </EmptyState>
              </div>
            ) : (
              <div className="workers">
                {data.workers.map((worker) => (
                  <Card key={worker.id} worker={worker} />
                ))}
              </div>
            )}
            <Notice kind="info" title={words.workers.add}>
              <Coded>{words.workers.addText}</Coded>
            </Notice>
          </div>
        )}
      </QueryView>
    </Page>
  );
}
