import { Activity } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { consoleApi, held, type LiveRow } from "../../api/console.ts";
import { atTime, dollars, seconds, since } from "../../parts/format.ts";
import { Listing, useListing } from "../../parts/listing.tsx";
import { Nothing, Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { words } from "../../words/index.ts";
import { reasonOf, SessionSheet } from "./session-sheet.tsx";

const LOOK_EVERY_MS = 3000;
const { columns, filters } = words.sessions;
const { active, ended } = words.common.statuses;
const FILTERS = {
  status: { label: filters.status, all: filters.allStatuses, names: { active, ended } },
};

const COLUMNS: readonly Column<LiveRow>[] = [
  {
    name: columns.session,
    cell: (session) => (
      <button type="button" className="row-button cut">
        {session.session_id}
      </button>
    ),
    className: "identifier",
  },
  { name: columns.status, cell: (session) => <State of={session.status} /> },
  { name: columns.reason, cell: (session) => reasonOf(session.reason), className: "soft" },
  { name: columns.key, cell: (session) => session.key.name, className: "soft cut" },
  { name: columns.duration, cell: (session) => seconds(session.duration_s), isNumber: true },
  { name: columns.cost, cell: (session) => dollars(session.cost_usd), isNumber: true },
  {
    name: columns.created,
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
    <Page title={words.shell.pages.sessions} about={words.sessions.about}>
      <Listing
        of={listing}
        hint={words.sessions.search}
        failed={words.sessions.failed}
        unfit={words.sessions.noMatches}
        none={
          <Nothing icon={<Activity size={28} aria-hidden />} title={words.sessions.empty.title}>
            <p>{words.sessions.empty.text}</p>
            <Link className="button primary" to="/live">
              {words.sessions.empty.action}
            </Link>
          </Nothing>
        }
      >
        <Table
          label={words.shell.pages.sessions}
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
