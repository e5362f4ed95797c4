import { ListVideo } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { consoleApi, held, type JobRow } from "../../api/console.ts";
import { atTime, seconds, since } from "../../parts/format.ts";
import { Listing, useListing } from "../../parts/listing.tsx";
import { Nothing, Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
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

function Rows({ jobs, onOpen }: { jobs: JobRow[]; onOpen: (job: JobRow) => void }) {
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">State</th>
            <th scope="col">What</th>
            <th scope="col" className="wide">
              Key
            </th>
            <th scope="col" className="number wide">
              Length
            </th>
            <th scope="col" className="number wide">
              Made in
            </th>
            <th scope="col">Sent</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.job_id} className="pressable" onClick={() => onOpen(job)}>
              <td>
                <button type="button" className="row-button">
                  {job.job_id}
                </button>
              </td>
              <td>
                <State of={job.status} />
              </td>
              <td className="cut job-what">
                {job.text_preview ?? (job.type === "tts" ? "Speech" : "Photo and sound")}
              </td>
              <td className="soft wide">{job.key.name}</td>
              <td className="number wide">{seconds(job.duration_s)}</td>
              <td className="number wide">
                {job.latency_ms === null ? "–" : seconds(job.latency_ms / 1000)}
              </td>
              <td className="soft nobreak" title={atTime(job.created_at)}>
                {since(job.created_at)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

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
        <Rows jobs={listing.rows} onOpen={(job) => setParams({ job: job.job_id, key: String(job.key.id) })} />
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
