import { ListVideo } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { consoleApi, held, type JobRow } from "../../api/console.ts";
import { atTime, seconds, since } from "../../parts/format.ts";
import { Listing, useListing } from "../../parts/listing.tsx";
import { Nothing, Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { words } from "../../words/index.ts";
import { JobSheet } from "./job-sheet.tsx";

const LOOK_EVERY_MS = 4000;
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
      <button type="button" className="row-button">
        {job.job_id}
      </button>
    ),
  },
  { name: columns.status, cell: (job) => <State of={job.status} /> },
  {
    name: columns.input,
    cell: (job) => job.text_preview ?? (job.type === "tts" ? words.jobs.speech : words.jobs.photoAndAudio),
    title: (job) => job.text_preview ?? "",
    className: "cut job-what",
  },
  { name: columns.key, cell: (job) => job.key.name, className: "soft cut" },
  { name: columns.duration, cell: (job) => seconds(job.duration_s), isNumber: true },
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

/** Every job of one's keys: searched, opened, downloaded. */
export function Jobs() {
  const [params, setParams] = useSearchParams();
  const listing = useListing({
    name: "jobs",
    filters: FILTERS,
    lookEveryMs: LOOK_EVERY_MS,
    find: async (query, signal) => {
      const { jobs, count } = held(await consoleApi.GET("/console/api/jobs", { params: { query }, signal }));
      return { rows: jobs, count };
    },
  });
  const openId = params.get("job");
  return (
    <Page title={words.shell.pages.jobs} about={words.jobs.about}>
      <Listing
        of={listing}
        hint={words.jobs.search}
        failed={words.jobs.failed}
        unfit={words.jobs.noMatches}
        none={
          <Nothing icon={<ListVideo size={28} aria-hidden />} title={words.jobs.empty.title}>
            <p>{words.jobs.empty.text}</p>
            <Link className="button primary" to="/studio">
              {words.jobs.empty.action}
            </Link>
          </Nothing>
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
