import { useInfiniteQuery } from "@tanstack/react-query";
import { Download, ScrollText } from "lucide-react";
import { dataOf } from "../../api/console.ts";
import { messageOf } from "../../api/error.ts";
import {
  type AuditEntry,
  downloadAuditLog,
  type Organization,
  organizationsApi,
} from "../../api/organizations.ts";
import { atTime } from "../../components/format.ts";
import { EmptyState } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";
import { wordFor, words } from "../../words/index.ts";
import { auditLogOf } from "./queries.ts";

/** What an entry says besides its subject, such as the old and the new role. */
function more({ details }: AuditEntry): string | null {
  const role = (name: string): string | null =>
    typeof details[name] === "string" ? wordFor(words.organizations.roles, details[name]) : null;
  const [before, after, given] = [role("before"), role("after"), role("role")];
  if (before && after) return words.auditLog.changed(before, after);
  return given && words.auditLog.withRole(given);
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  { name: words.auditLog.columns.at, cell: (row) => atTime(row.at) },
  {
    name: words.auditLog.columns.actor,
    cell: (row) => (row.actor_kind === "machine" ? words.auditLog.machine : row.actor_name),
    className: "cut",
  },
  { name: words.auditLog.columns.action, cell: (row) => wordFor(words.auditLog.actions, row.action) },
  {
    name: words.auditLog.columns.subject,
    cell: (row) => (
      <>
        {row.subject_name} <span className="faint">{more(row)}</span>
      </>
    ),
  },
  {
    name: words.auditLog.columns.address,
    cell: (row) => <code>{row.address ?? words.common.none}</code>,
  },
];

/** Who did what in an organization. */
export function AuditLog({ organization }: { organization: Organization }) {
  const log = useInfiniteQuery({
    queryKey: auditLogOf(organization.id),
    queryFn: async ({ pageParam }) =>
      dataOf(
        await organizationsApi.GET("/v1/organizations/{org_id}/audit-log", {
          params: { path: { org_id: organization.id }, query: { before: pageParam } },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
  });
  const download = (format: "csv" | "json") => {
    downloadAuditLog(organization, format).catch((error: unknown) =>
      showToast(words.auditLog.notDownloaded(messageOf(error))),
    );
  };
  return (
    <div className="stack">
      <div className="row apart">
        <p className="soft">{words.auditLog.about}</p>
        <div className="row">
          <button type="button" className="button" onClick={() => download("csv")}>
            <Download size={17} aria-hidden /> {words.auditLog.asCsv}
          </button>
          <button type="button" className="button" onClick={() => download("json")}>
            <Download size={17} aria-hidden /> {words.auditLog.asJson}
          </button>
        </div>
      </div>
      <QueryView of={log} failed={words.auditLog.failed}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.entries);
          return (
            <div className="card">
              {rows.length === 0 ? (
                <EmptyState icon={<ScrollText size={28} aria-hidden />} title={words.auditLog.empty.title}>
                  <p>{words.auditLog.empty.text}</p>
                </EmptyState>
              ) : (
                <Table label={words.auditLog.title} rows={rows} keyOf={(row) => row.id} columns={COLUMNS} />
              )}
            </div>
          );
        }}
      </QueryView>
      {log.hasNextPage && (
        <div className="row">
          <button
            type="button"
            className="button"
            disabled={log.isFetchingNextPage}
            onClick={() => void log.fetchNextPage()}
          >
            {words.auditLog.older}
          </button>
        </div>
      )}
    </div>
  );
}
