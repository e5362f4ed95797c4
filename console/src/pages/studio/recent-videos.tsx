import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { consoleApi, dataOf } from "../../api/console.ts";
import { since } from "../../components/format.ts";
import { Thumbnail } from "../../components/thumbnail.tsx";
import { wordFor, words } from "../../words/index.ts";

const COUNT = 8;

/** The newest videos of the account as a row of pictures. Nothing, while there are none. */
export function RecentVideos({ newestId }: { newestId: string | null }) {
  const recent = useQuery({
    queryKey: ["recent-videos", newestId],
    queryFn: async ({ signal }) => {
      const query = { type: "video", status: "completed", limit: COUNT } as const;
      return dataOf(await consoleApi.GET("/console/api/jobs", { params: { query }, signal })).jobs;
    },
    placeholderData: (before) => before,
  });
  // Without them the page works as well: the list of jobs says why they cannot be loaded.
  const shown = recent.data?.filter(({ url }) => url !== null) ?? [];
  if (shown.length === 0) return null;
  return (
    <section className="stack recent-videos">
      <h2>{words.studio.recent}</h2>
      <ul>
        {shown.map((job) => {
          const name = words.studio.recentOne(
            job.text_preview ?? wordFor(words.jobs.made, job.type),
            since(job.created_at),
          );
          return (
            <li key={job.job_id}>
              <Link to={`/jobs?job=${job.job_id}&key=${job.key.id}`} aria-label={name} title={name}>
                <Thumbnail url={job.url} contentType={job.content_type} />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
