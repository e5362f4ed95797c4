import { useQuery } from "@tanstack/react-query";
import { Cpu } from "lucide-react";
import { consoleApi, held, type WorkersAnswer } from "../../api/console.ts";
import { Coded } from "../../parts/coded.tsx";
import { count, since } from "../../parts/format.ts";
import { Notice } from "../../parts/notice.tsx";
import { Nothing, Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { State } from "../../parts/state.tsx";
import { words } from "../../words/index.ts";
import "./workers.css";

const LOOK_EVERY_MS = 2000;
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
        <State of="online" />
      </div>
      <Slots all={worker.slots} busy={worker.busy} what={words.workers.jobs} />
      <Slots all={worker.live_slots} busy={worker.live_busy} what={words.workers.liveSessions} />
      <p className="hint">{words.workers.lastHeartbeat(since(worker.seen_at))}</p>
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
                <Nothing icon={<Cpu size={28} aria-hidden />} title={words.workers.empty.title}>
                  <p>
                    <Coded>{words.workers.empty.text}</Coded>
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
            <Notice kind="calm" title={words.workers.add}>
              <Coded>{words.workers.addText}</Coded>
            </Notice>
          </div>
        )}
      </QueryView>
    </Page>
  );
}
