import { Activity } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { consoleApi, dataOf, type LiveRow } from "../../api/console.ts";
import { atTime, dollars, seconds, since } from "../../components/format.ts";
import { Listing, useListing } from "../../components/listing.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { reasonOf, SessionSheet } from "./session-sheet.tsx";

const REFETCH_MS = 3000;
const { columns, filters } = words.sessions;
const { active, ended } = words.common.statuses;
const FILTERS = {
  status: { label: filters.status, all: filters.allStatuses, names: { active, ended } },
};

const columnsOf = (isBilled: boolean): readonly Column<LiveRow>[] => [
  {
    name: columns.session,
    cell: (session) => (
      <button type="button" className="row-button cut">
        {session.session_id}
      </button>
    ),
    className: "identifier",
  },
  { name: columns.status, cell: (session) => <StatusBadge status={session.status} /> },
  { name: columns.reason, cell: (session) => reasonOf(session.reason), className: "soft" },
  { name: columns.key, cell: (session) => session.key?.name ?? words.sessions.noKey, className: "soft cut" },
  { name: columns.duration, cell: (session) => seconds(session.duration_s), isNumber: true },
  ...(isBilled
    ? [{ name: columns.cost, cell: (session: LiveRow) => dollars(session.cost_usd), isNumber: true }]
    : []),
  {
    name: columns.created,
    cell: (session) => since(session.created_at),
    title: (session) => atTime(session.started_at),
    className: "soft nobreak",
  },
];

/** The list of live sessions. */
export function Sessions() {
  const { is_billed: isBilled } = useSession();
  const [params, setParams] = useSearchParams();
  const listing = useListing({
    name: "sessions",
    filters: FILTERS,
    refetchMs: REFETCH_MS,
    find: async (query, signal) => {
      const found = dataOf(await consoleApi.GET("/console/api/sessions", { params: { query }, signal }));
      return { rows: found.sessions, count: found.count };
    },
  });
  const openId = params.get("session");
  return (
    <Page
      title={words.shell.pages.sessions}
      about={isBilled ? words.sessions.aboutBilled : words.sessions.about}
    >
      <Listing
        of={listing}
        placeholder={words.sessions.search}
        failed={words.sessions.failed}
        noMatches={words.sessions.noMatches}
        empty={
          <EmptyState icon={<Activity size={28} aria-hidden />} title={words.sessions.empty.title}>
            <p>{words.sessions.empty.text}</p>
            <Link className="button primary" to="/live">
              {words.sessions.empty.action}
            </Link>
          </EmptyState>
        }
      >
        <Table
          label={words.shell.pages.sessions}
          rows={listing.rows}
          keyOf={(session) => session.session_id}
          columns={columnsOf(isBilled)}
          onOpen={(session) => setParams({ session: session.session_id })}
        />
      </Listing>
      {openId && <SessionSheet id={openId} onClose={() => setParams({})} />}
    </Page>
  );
}
