import { ListVideo } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { consoleApi, held, type JobRow } from "../../api/console.ts";
import { atTime, seconds, since } from "../../parts/format.ts";
import { Listing, useListing } from "../../parts/listing.tsx";
import { Nothing, Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { JobSheet } from "./job-sheet.tsx";

const LOOK_EVERY_MS = 4000;
const FILTERS = {
  status: {
    label: "State",
    all: "Every state",
    names: { pending: "Waiting", processing: "Rendering", completed: "Completed", failed: "Failed" },
  },
  type: { label: "Kind", all: "Video and speech", names: { video: "Video", tts: "Speech" } },
};

const COLUMNS: readonly Column<JobRow>[] = [
  {
    name: "Job",
    cell: (job) => (
      <button type="button" className="row-button">
        {job.job_id}
      </button>
    ),
  },
  { name: "State", cell: (job) => <State of={job.status} /> },
  {
    name: "What",
    cell: (job) => job.text_preview ?? (job.type === "tts" ? "Speech" : "Photo and sound"),
    title: (job) => job.text_preview ?? "",
    className: "cut job-what",
  },
  { name: "Key", cell: (job) => job.key.name, className: "soft cut" },
  { name: "Length", cell: (job) => seconds(job.duration_s), isNumber: true },
  {
    name: "Made in",
    cell: (job) => (job.latency_ms === null ? "–" : seconds(job.latency_ms / 1000)),
    isNumber: true,
  },
  {
    name: "Sent",
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
    <Page title="Jobs" about="Videos and speech that were made, newest first. Results are kept for a day.">
      <Listing
        of={listing}
        hint="Id, text, error or key"
        failed="Jobs cannot be listed"
        unfit="No job fits. Search for less, or for another state."
        none={
          <Nothing icon={<ListVideo size={28} aria-hidden />} title="No jobs yet">
            <p>What you make in the studio, or through the API, is listed here.</p>
            <Link className="button primary" to="/studio">
              Make the first one
            </Link>
          </Nothing>
        }
      >
        <Table
          label="Jobs"
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
