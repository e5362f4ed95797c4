import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ListVideo, Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { consoleApi, held, type JobRow } from "../../api/console.ts";
import { OneOf, SearchField } from "../../parts/filters.tsx";
import { atTime, count, seconds, since } from "../../parts/format.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { Loading, Nothing, Page } from "../../parts/page.tsx";
import { Pager } from "../../parts/pager.tsx";
import { State } from "../../parts/state.tsx";
import { JobSheet } from "./job-sheet.tsx";

const PAGE = 25;
const LOOK_EVERY_MS = 4000;
const STATUS_NAMES = {
  pending: "Waiting",
  processing: "Rendering",
  completed: "Completed",
  failed: "Failed",
};
const TYPE_NAMES = { video: "Video", tts: "Speech" };

type Status = keyof typeof STATUS_NAMES;
type Type = keyof typeof TYPE_NAMES;

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
  const [words, setWords] = useState("");
  const [status, setStatus] = useState<Status | null>(null);
  const [type, setType] = useState<Type | null>(null);
  const [offset, setOffset] = useState(0);
  const wanted = { words: useDeferredValue(words.trim()), status, type, limit: PAGE, offset };
  const page = useQuery({
    queryKey: ["jobs", wanted],
    queryFn: async ({ signal }) => {
      const { status, type, ...rest } = wanted;
      const query = { ...rest, ...(status && { status }), ...(type && { type }) };
      return held(await consoleApi.GET("/console/api/jobs", { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_EVERY_MS,
  });
  const openId = params.get("job");
  const isFiltered = words !== "" || status !== null || type !== null;
  const filter = (change: () => void) => {
    change();
    setOffset(0);
  };
  return (
    <Page title="Jobs" about="Videos and speech that were made, newest first. Results are kept for a day.">
      <div className="stack">
        <search className="row">
          <SearchField
            hint="Id, text, error or key"
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
          <OneOf
            label="Kind"
            all="Video and speech"
            names={TYPE_NAMES}
            value={type}
            onChange={(type) => filter(() => setType(type))}
          />
          {page.data && (
            <span className="faint small figures" role="status">
              {count(page.data.count)} found
            </span>
          )}
        </search>
        {page.isError && <FailureNotice error={page.error} title="Jobs cannot be listed" />}
        {page.isPending && <Loading rows={8} />}
        {page.data && page.data.count === 0 && (
          <div className="card">
            {isFiltered ? (
              <Nothing icon={<Search size={28} aria-hidden />} title="Nothing found">
                <p>No job fits. Search for less, or for another state.</p>
              </Nothing>
            ) : (
              <Nothing icon={<ListVideo size={28} aria-hidden />} title="No jobs yet">
                <p>What you make in the studio, or through the API, is listed here.</p>
                <Link className="button primary" to="/studio">
                  Make the first one
                </Link>
              </Nothing>
            )}
          </div>
        )}
        {page.data && page.data.count > 0 && (
          <div className="card">
            <Rows
              jobs={page.data.jobs}
              onOpen={(job) => setParams({ job: job.job_id, key: String(job.key.id) })}
            />
            <Pager offset={offset} limit={PAGE} count={page.data.count} onMove={setOffset} />
          </div>
        )}
      </div>
      {openId && (
        <JobSheet
          id={openId}
          keyId={params.has("key") ? Number(params.get("key")) : null}
          row={page.data?.jobs.find((job) => job.job_id === openId) ?? null}
          onClose={() => setParams({})}
        />
      )}
    </Page>
  );
}
