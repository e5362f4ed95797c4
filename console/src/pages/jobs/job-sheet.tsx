import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { JobRow } from "../../api/console.ts";
import { getJob, isFinished, type Job } from "../../api/public.ts";
import { CaptionLinks } from "../../components/caption-links.tsx";
import { Facts } from "../../components/facts.tsx";
import { atTime, bytes, count, duration, hertz, seconds } from "../../components/format.ts";
import { Notice } from "../../components/notice.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { useSession } from "../../shell/session.tsx";
import { sentence, words } from "../../words/index.ts";

const POLL_MS = 1000;

/** The text of a job. The API gives its beginning, without a sign that there is more. */
function textOf({ text_preview: text, chars }: Job["input"]): string | null {
  return text !== null && chars !== null && chars > [...text].length ? `${text.trimEnd()}…` : text;
}

function Details({ job, row }: { job: Job; row: JobRow | null }) {
  const { input, output, timing } = job;
  const { facts: names, key } = words.jobs;
  const facts: readonly [string, string | null][] = [
    [names.key, row ? key(row.key.name, row.key.prefix) : null],
    [names.created, atTime(timing.created_at)],
    [names.started, atTime(timing.started_at)],
    [names.completed, atTime(timing.completed_at)],
    [names.renderTime, timing.latency_ms === null ? null : seconds(timing.latency_ms / 1000)],
    [names.duration, output.duration === null ? null : seconds(output.duration)],
    [names.size, output.size_bytes === null ? null : bytes(output.size_bytes)],
    [names.sampleRate, output.sample_rate === null ? null : hertz(output.sample_rate)],
    [names.photo, input.image_size === null ? null : bytes(input.image_size)],
    [names.audio, input.audio_size === null ? null : bytes(input.audio_size)],
    [names.text, textOf(input)],
    [names.characters, input.chars === null ? null : count(input.chars)],
    [names.language, input.language],
  ];
  return <Facts of={facts} />;
}

function Result({ job }: { job: Job }) {
  const { limits } = useSession();
  if (job.status === "failed")
    return (
      <Notice title={words.jobs.jobFailed(job.error_code ?? words.jobs.unknownError)}>
        {job.error && sentence(job.error)}
      </Notice>
    );
  if (job.status !== "completed")
    return (
      <Notice kind="warning" title={job.status === "pending" ? words.jobs.queued : words.jobs.rendering}>
        {job.queue_position > 1 ? words.jobs.ahead(job.queue_position - 1) : words.jobs.soon}
      </Notice>
    );
  if (!job.url)
    return (
      <Notice kind="warning" title={words.jobs.expired}>
        {words.jobs.expiredText(duration(limits.result_ttl_s))}
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

/** A job that the public API shows elsewhere: pictures of an avatar, or an agent. The list knows enough of it. */
function OtherJob({ row }: { row: JobRow }) {
  const { facts: names, key } = words.jobs;
  const facts: readonly [string, string | null][] = [
    [names.key, key(row.key.name, row.key.prefix)],
    [names.created, atTime(row.created_at)],
    [names.started, atTime(row.started_at)],
    [names.completed, atTime(row.completed_at)],
    [names.renderTime, row.latency_ms === null ? null : seconds(row.latency_ms / 1000)],
    [names.duration, row.duration_s ? seconds(row.duration_s) : null],
    [names.size, row.result_bytes ? bytes(row.result_bytes) : null],
    [names.text, row.text_preview],
  ];
  // An agent has no picture here: its facts take the whole width.
  const isSeen = row.status === "failed" || row.url !== null;
  return (
    <div className={isSeen ? "job-sheet" : ""}>
      {isSeen && (
        <div className="stack">
          {row.status === "failed" && (
            <Notice title={words.jobs.jobFailed(row.error_code ?? words.jobs.unknownError)} />
          )}
          {row.url && <img className="job-video" src={row.url} alt={row.text_preview ?? ""} />}
        </div>
      )}
      <div className="stack">
        <div>
          <StatusBadge status={row.status} />
        </div>
        <Facts of={facts} />
      </div>
    </div>
  );
}

/** Types that the public API for jobs does not show. */
const OTHER_TYPES: ReadonlySet<string> = new Set(["avatar_image", "agent"]);

/** One job: its result and its details. */
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
  const isOther = row !== null && OTHER_TYPES.has(row.type);
  const query = useQuery({
    queryKey: ["job", id, keyId],
    queryFn: () => getJob(id, keyId),
    enabled: !isOther,
    refetchInterval: (query) => (query.state.data && !isFinished(query.state.data) ? POLL_MS : false),
  });
  return (
    <Sheet title={words.jobs.title(id)} onClose={onClose} wide>
      {isOther ? (
        <OtherJob row={row} />
      ) : query.isError && row?.is_key_revoked ? (
        <Notice kind="warning" title={words.jobs.keyRevoked}>
          {words.jobs.keyRevokedText}
        </Notice>
      ) : (
        <QueryView of={query} failed={words.jobs.notLoaded}>
          {(job) => (
            <div className="job-sheet">
              <div className="stack">
                <Result job={job} />
                {job.output.warnings?.map((warning) => (
                  <Notice key={warning} kind="warning">
                    {sentence(warning)}
                  </Notice>
                ))}
                <CaptionLinks job={job} />
                {job.url && (
                  <a
                    className="button primary"
                    href={job.url}
                    download={`visavis-${id}.${new URL(job.url).pathname.split(".").pop()}`}
                  >
                    <Download size={16} aria-hidden /> {words.common.download}
                  </a>
                )}
              </div>
              <div className="stack">
                <div>
                  <StatusBadge status={job.status} />
                </div>
                <Details job={job} row={row} />
              </div>
            </div>
          )}
        </QueryView>
      )}
    </Sheet>
  );
}
