import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { JobRow } from "../../api/console.ts";
import { getJob, isOver, type Job } from "../../api/public.ts";
import { atTime, bytes, seconds } from "../../parts/format.ts";
import { Notice } from "../../parts/notice.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Sheet } from "../../parts/sheet.tsx";
import { State } from "../../parts/state.tsx";

const POLL_MS = 1000;

function Facts({ job, row }: { job: Job; row: JobRow | null }) {
  const { input, output, timing } = job;
  const facts: readonly [string, string | null][] = [
    ["Key", row ? `${row.key.name} (${row.key.prefix}…)` : null],
    ["Sent", atTime(timing.created_at)],
    ["Begun", atTime(timing.started_at)],
    ["Ended", atTime(timing.completed_at)],
    ["Made in", timing.latency_ms === null ? null : seconds(timing.latency_ms / 1000)],
    ["Length", output.duration === null ? null : seconds(output.duration)],
    ["Size", output.size_bytes === null ? null : bytes(output.size_bytes)],
    ["Sample rate", output.sample_rate === null ? null : `${output.sample_rate} Hz`],
    ["Photo", input.image_size === null ? null : bytes(input.image_size)],
    ["Sound", input.audio_size === null ? null : bytes(input.audio_size)],
    ["Text", input.text_preview],
    ["Characters", input.chars === null ? null : String(input.chars)],
    ["Language", input.language],
  ];
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Result({ job }: { job: Job }) {
  if (job.status === "failed")
    return <Notice title={`Failed: ${job.error_code ?? "unknown"}`}>{job.error}</Notice>;
  if (job.status !== "completed")
    return (
      <Notice kind="wait" title={job.status === "pending" ? "Waiting" : "Rendering"}>
        {job.queue_position > 1 ? `${job.queue_position - 1} ahead of it.` : "It is done in a moment."}
      </Notice>
    );
  if (!job.url)
    return (
      <Notice kind="wait" title="No longer kept">
        Results are deleted after a day.
      </Notice>
    );
  return job.type === "video" ? (
    // biome-ignore lint/a11y/useMediaCaption: the words are the user's own
    <video className="job-video" src={job.url} controls playsInline preload="metadata" />
  ) : (
    // biome-ignore lint/a11y/useMediaCaption: the words are the user's own
    <audio className="job-audio" src={job.url} controls preload="metadata" />
  );
}

/** One job: its result and everything that is known of it. */
export function JobSheet({
  id,
  keyId,
  row,
  onClose,
}: {
  id: string;
  keyId: number | null;
  row: JobRow | null;
  onClose: () => void;
}) {
  const query = useQuery({
    queryKey: ["job", id, keyId],
    queryFn: () => getJob(id, keyId),
    refetchInterval: (query) => (query.state.data && !isOver(query.state.data) ? POLL_MS : false),
  });
  return (
    <Sheet title={`Job ${id}`} onClose={onClose} wide>
      {query.isError && row?.is_key_revoked ? (
        <Notice kind="wait" title="Its key was revoked">
          What a revoked key made can no longer be fetched.
        </Notice>
      ) : (
        <QueryView of={query} failed="This job cannot be shown">
          {(job) => (
            <div className="job-sheet">
              <div className="stack">
                <Result job={job} />
                {job.url && (
                  <a
                    className="button primary"
                    href={job.url}
                    download={`visavis-${id}.${new URL(job.url).pathname.split(".").pop()}`}
                  >
                    <Download size={16} aria-hidden /> Download
                  </a>
                )}
              </div>
              <div className="stack">
                <div>
                  <State of={job.status} />
                </div>
                <Facts job={job} row={row} />
              </div>
            </div>
          )}
        </QueryView>
      )}
    </Sheet>
  );
}
