import { Activity } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { consoleApi, held, type LiveRow } from "../../api/console.ts";
import { atTime, dollars, seconds, since } from "../../parts/format.ts";
import { Listing, useListing } from "../../parts/listing.tsx";
import { Nothing, Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { reasonOf, SessionSheet } from "./session-sheet.tsx";

const LOOK_EVERY_MS = 3000;
const FILTERS = {
  status: { label: "State", all: "Every state", names: { active: "Active", ended: "Ended" } },
};

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
  const listing = useListing({
    name: "sessions",
    filters: FILTERS,
    lookEveryMs: LOOK_EVERY_MS,
    find: async (query, signal) => {
      const found = held(await consoleApi.GET("/console/api/sessions", { params: { query }, signal }));
      return { rows: found.sessions, count: found.count };
    },
  });
  const openId = params.get("session");
  return (
    <Page title="Sessions" about="Live avatars, running and past. Billed by the second.">
      <Listing
        of={listing}
        hint="Id, reason or key"
        failed="Sessions cannot be listed"
        unfit="No session fits. Search for less, or for another state."
        none={
          <Nothing icon={<Activity size={28} aria-hidden />} title="No sessions yet">
            <p>Live avatars, begun here or through the API, are listed here while and after they run.</p>
            <Link className="button primary" to="/live">
              Start the first one
            </Link>
          </Nothing>
        }
      >
        <Rows sessions={listing.rows} onOpen={(session) => setParams({ session: session.session_id })} />
      </Listing>
      {openId && <SessionSheet id={openId} onClose={() => setParams({})} />}
    </Page>
  );
}
