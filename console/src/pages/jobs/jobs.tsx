import { ListVideo } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { consoleApi, dataOf, type JobRow } from "../../api/console.ts";
import { atTime, duration, seconds, since } from "../../components/format.ts";
import { Listing, useListing } from "../../components/listing.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Thumbnail } from "../../components/thumbnail.tsx";
import { useSession } from "../../shell/session.tsx";
import { wordFor, words } from "../../words/index.ts";
import { JobSheet } from "./job-sheet.tsx";

const REFETCH_MS = 4000;
const { columns, filters } = words.jobs;
const { pending, processing, completed, failed } = words.common.statuses;
const FILTERS = {
  status: {
    label: filters.status,
    all: filters.allStatuses,
    names: { pending, processing, completed, failed },
  },
  type: { label: filters.type, all: filters.allTypes, names: words.jobs.types },
};

const COLUMNS: readonly Column<JobRow>[] = [
  {
    name: columns.job,
    cell: (job) => (
      <span className="job-name">
        <Thumbnail url={job.url} contentType={job.content_type} />
        <button type="button" className="row-button cut">
          {job.text_preview ?? wordFor(words.jobs.made, job.type)}
        </button>
      </span>
    ),
    title: (job) => job.text_preview ?? "",
    className: "job-what",
  },
  { name: columns.status, cell: (job) => <StatusBadge status={job.status} /> },
  { name: columns.key, cell: (job) => job.key.name, className: "soft cut" },
  // Pictures and agents have none.
  { name: columns.duration, cell: (job) => seconds(job.duration_s || null), isNumber: true },
  {
    name: columns.renderTime,
    cell: (job) => (job.latency_ms === null ? words.common.none : seconds(job.latency_ms / 1000)),
    isNumber: true,
  },
  {
    name: columns.created,
    cell: (job) => since(job.created_at),
    title: (job) => atTime(job.created_at),
    className: "soft nobreak",
  },
];

/** The list of jobs. */
export function Jobs() {
  const { limits } = useSession();
  const [params, setParams] = useSearchParams();
  const listing = useListing({
    name: "jobs",
    filters: FILTERS,
    refetchMs: REFETCH_MS,
    find: async (query, signal) => {
      const { jobs, count } = dataOf(
        await consoleApi.GET("/console/api/jobs", { params: { query }, signal }),
      );
      return { rows: jobs, count };
    },
  });
  const openId = params.get("job");
  return (
    <Page title={words.shell.pages.jobs} about={words.jobs.about(duration(limits.result_ttl_s))}>
      <Listing
        of={listing}
        placeholder={words.jobs.search}
        failed={words.jobs.failed}
        noMatches={words.jobs.noMatches}
        empty={
          <EmptyState icon={<ListVideo size={28} aria-hidden />} title={words.jobs.empty.title}>
            <p>{words.jobs.empty.text}</p>
            <Link className="button primary" to="/studio">
              {words.jobs.empty.action}
            </Link>
          </EmptyState>
        }
      >
        <Table
          label={words.shell.pages.jobs}
          rows={listing.rows}
          keyOf={(job) => job.job_id}
          columns={COLUMNS}
          onOpen={(job) => setParams({ job: job.job_id, key: String(job.key.id) })}
        />
      </Listing>
      {openId && (
        <JobSheet
          id={openId}
          keyId={params.has("key") ? Number(params.get("key")) : null}
          row={listing.rows.find((job) => job.job_id === openId) ?? null}
          onClose={() => setParams({})}
        />
      )}
    </Page>
  );
}
