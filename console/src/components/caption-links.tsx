import type { Job } from "../api/public.ts";
import { words } from "../words/index.ts";

/** Links to a video's files of captions. Nothing, where there are none. */
export function CaptionLinks({ job }: { job: Job }) {
  const links = Object.entries(job.output.captions ?? {});
  return links.map(
    ([format, url]) =>
      url && (
        <a key={format} className="button" href={url} download={`visavis-${job.job_id}.${format}`}>
          {words.common.downloadAs(format.toUpperCase())}
        </a>
      ),
  );
}
