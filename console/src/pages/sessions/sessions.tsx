import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Activity, Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { consoleApi, held, type LiveRow } from "../../api/console.ts";
import { OneOf, SearchField } from "../../parts/filters.tsx";
import { atTime, count, dollars, seconds, since } from "../../parts/format.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { Loading, Nothing, Page } from "../../parts/page.tsx";
import { Pager } from "../../parts/pager.tsx";
import { State } from "../../parts/state.tsx";
import { reasonOf, SessionSheet } from "./session-sheet.tsx";

const PAGE = 25;
const LOOK_EVERY_MS = 3000;

const STATUS_NAMES = { active: "Active", ended: "Ended" };

type Status = keyof typeof STATUS_NAMES;

function Rows({ sessions, onOpen }: { sessions: LiveRow[]; onOpen: (session: LiveRow) => void }) {
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Session</th>
            <th scope="col">State</th>
            <th scope="col" className="wide">
              Why it ended
            </th>
            <th scope="col" className="wide">
              Key
            </th>
            <th scope="col" className="number">
              Lasted
            </th>
            <th scope="col" className="number">
              Cost
            </th>
            <th scope="col">Begun</th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <tr key={session.session_id} className="pressable" onClick={() => onOpen(session)}>
              <td className="identifier">
                <button type="button" className="row-button cut">
                  {session.session_id}
                </button>
              </td>
              <td>
                <State of={session.status} />
              </td>
              <td className="soft wide">{reasonOf(session.reason)}</td>
              <td className="soft wide">{session.key.name}</td>
              <td className="number">{seconds(session.duration_s)}</td>
              <td className="number">{dollars(session.cost_usd)}</td>
              <td className="soft nobreak" title={atTime(session.started_at)}>
                {since(session.created_at)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Every live session of one's keys: searched, opened, shared, ended. */
export function Sessions() {
  const [params, setParams] = useSearchParams();
  const [words, setWords] = useState("");
  const [status, setStatus] = useState<Status | null>(null);
  const [offset, setOffset] = useState(0);
  const wanted = { words: useDeferredValue(words.trim()), status, limit: PAGE, offset };
  const page = useQuery({
    queryKey: ["sessions", wanted],
    queryFn: async ({ signal }) => {
      const { status, ...rest } = wanted;
      const query = { ...rest, ...(status && { status }) };
      return held(await consoleApi.GET("/console/api/sessions", { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_EVERY_MS,
  });
  const openId = params.get("session");
  const filter = (change: () => void) => {
    change();
    setOffset(0);
  };
  return (
    <Page title="Sessions" about="Live avatars, running and past. Billed by the second.">
      <div className="stack">
        <search className="row">
          <SearchField
            hint="Id, reason or key"
            words={words}
            onChange={(words) => filter(() => setWords(words))}
          />
          <OneOf
            label="State"
            all="Every state"
            names={STATUS_NAMES}
            value={status}
            onChange={(status) => filter(() => setStatus(status))}
          />
          {page.data && (
            <span className="faint small figures" role="status">
              {count(page.data.count)} found
            </span>
          )}
        </search>
        {page.isError && <FailureNotice error={page.error} title="Sessions cannot be listed" />}
        {page.isPending && <Loading rows={8} />}
        {page.data && page.data.count === 0 && (
          <div className="card">
            {words || status ? (
              <Nothing icon={<Search size={28} aria-hidden />} title="Nothing found">
                <p>No session fits. Search for less, or for another state.</p>
              </Nothing>
            ) : (
              <Nothing icon={<Activity size={28} aria-hidden />} title="No sessions yet">
                <p>Live avatars, begun here or through the API, are listed here while and after they run.</p>
                <Link className="button primary" to="/live">
                  Start the first one
                </Link>
              </Nothing>
            )}
          </div>
        )}
        {page.data && page.data.count > 0 && (
          <div className="card">
            <Rows
              sessions={page.data.sessions}
              onOpen={(session) => setParams({ session: session.session_id })}
            />
            <Pager offset={offset} limit={PAGE} count={page.data.count} onMove={setOffset} />
          </div>
        )}
      </div>
      {openId && <SessionSheet id={openId} onClose={() => setParams({})} />}
    </Page>
  );
}
