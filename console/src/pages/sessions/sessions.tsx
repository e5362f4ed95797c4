import { Activity } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { consoleApi, held, type LiveRow } from "../../api/console.ts";
import { atTime, dollars, seconds, since } from "../../parts/format.ts";
import { Listing, useListing } from "../../parts/listing.tsx";
import { Nothing, Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { reasonOf, SessionSheet } from "./session-sheet.tsx";

const LOOK_EVERY_MS = 3000;
const FILTERS = {
  status: { label: "State", all: "Every state", names: { active: "Active", ended: "Ended" } },
};

const COLUMNS: readonly Column<LiveRow>[] = [
  {
    name: "Session",
    cell: (session) => (
      <button type="button" className="row-button cut">
        {session.session_id}
      </button>
    ),
    className: "identifier",
  },
  { name: "State", cell: (session) => <State of={session.status} /> },
  { name: "Why it ended", cell: (session) => reasonOf(session.reason), className: "soft" },
  { name: "Key", cell: (session) => session.key.name, className: "soft cut" },
  { name: "Lasted", cell: (session) => seconds(session.duration_s), isNumber: true },
  { name: "Cost", cell: (session) => dollars(session.cost_usd), isNumber: true },
  {
    name: "Begun",
    cell: (session) => since(session.created_at),
    title: (session) => atTime(session.started_at),
    className: "soft nobreak",
  },
];

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
        <Table
          label="Sessions"
          rows={listing.rows}
          keyOf={(session) => session.session_id}
          columns={COLUMNS}
          onOpen={(session) => setParams({ session: session.session_id })}
        />
      </Listing>
      {openId && <SessionSheet id={openId} onClose={() => setParams({})} />}
    </Page>
  );
}
