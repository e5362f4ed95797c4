import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PhoneOff, Users } from "lucide-react";
import { useState } from "react";
import { consoleApi, dataOf, type LiveRow, type SpokenRow } from "../../api/console.ts";
import { endLiveSession } from "../../api/public.ts";
import { Fact, Facts } from "../../components/facts.tsx";
import { atTime, clock, count, dollars, duration, seconds } from "../../components/format.ts";
import { ErrorNotice } from "../../components/notice.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { showToast } from "../../components/toasts.tsx";
import { useSession } from "../../shell/session.tsx";
import { wordFor, words } from "../../words/index.ts";
import { Invite } from "../live/invite.tsx";

const REFETCH_MS = 2000;

/** The text of an end reason. */
export const reasonOf = (reason: string | null): string =>
  reason === null ? words.common.none : wordFor(words.sessions.reasons, reason);

function Details({ session }: { session: LiveRow }) {
  const { is_billed: isBilled } = useSession();
  const { facts: names, key, noKey } = words.sessions;
  const facts: (readonly [string, string])[] = [
    [names.key, session.key ? key(session.key.name, session.key.prefix) : noKey],
    [names.mode, wordFor(words.sessions.modes, session.mode)],
    [names.room, session.room],
    [names.created, atTime(session.created_at)],
    [names.started, atTime(session.started_at)],
    [names.ended, atTime(session.ended_at)],
    [names.reason, reasonOf(session.reason)],
    [names.duration, seconds(session.duration_s)],
    ...(isBilled ? [[names.cost, dollars(session.cost_usd)] as const] : []),
    [names.worker, session.worker ?? words.common.none],
    [names.failovers, count(session.takeovers)],
  ];
  return <Facts of={facts} />;
}

/** What one side said at a time, and the documents that it was taken from. */
function Spoken({ segment }: { segment: SpokenRow }) {
  const { role, text, start_s: startS, is_interrupted: isInterrupted, sources } = segment;
  return (
    <Fact name={`${clock(startS)} ${role === "user" ? words.conversation.you : words.conversation.avatar}`}>
      {text} {isInterrupted && <small className="faint">({words.sessions.interrupted})</small>}
      {sources.length > 0 && (
        <small className="faint block">{words.sessions.sources(sources.join(", "))}</small>
      )}
    </Fact>
  );
}

/** What was said in a conversation, if the session keeps it. */
function Transcript({ id, isActive }: { id: string; isActive: boolean }) {
  const { limits } = useSession();
  const query = useQuery({
    queryKey: ["transcript", id],
    queryFn: async () =>
      dataOf(
        await consoleApi.GET("/console/api/sessions/{session_id}/transcript", {
          params: { path: { session_id: id } },
        }),
      ),
    refetchInterval: isActive ? REFETCH_MS : false,
  });
  if (query.data && !query.data.is_kept) return null;
  return (
    <section className="stack" aria-label={words.sessions.transcript}>
      <h3>{words.sessions.transcript}</h3>
      <QueryView of={query} failed={words.sessions.transcriptNotLoaded} rows={2}>
        {({ segments }) =>
          segments.length === 0 ? (
            <p className="soft">{words.sessions.transcriptEmpty(duration(limits.result_ttl_s))}</p>
          ) : (
            <dl className="details">
              {segments.map((each) => (
                <Spoken key={`${each.role} ${each.id}`} segment={each} />
              ))}
            </dl>
          )
        }
      </QueryView>
    </section>
  );
}

/** One live session: its details and actions. */
export function SessionSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { is_billed: isBilled } = useSession();
  const queries = useQueryClient();
  const [isInviting, setInviting] = useState(false);
  const query = useQuery({
    queryKey: ["session-row", id],
    queryFn: async () =>
      dataOf(
        await consoleApi.GET("/console/api/sessions/{session_id}", { params: { path: { session_id: id } } }),
      ),
    refetchInterval: ({ state }) => (state.data?.status === "active" ? REFETCH_MS : false),
  });
  const end = useMutation({
    mutationFn: (row: LiveRow) => endLiveSession(row.session_id, row.key?.id ?? null),
    onSuccess: (ended) => {
      showToast(isBilled ? words.sessions.endedToast(ended.estimated_cost) : words.live.ended);
      void queries.invalidateQueries({ queryKey: ["session-row", id] });
      void queries.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  if (isInviting) return <Invite sessionId={id} onClose={() => setInviting(false)} />;
  return (
    <Sheet title={words.sessions.title} onClose={onClose}>
      <QueryView of={query} failed={words.sessions.notLoaded}>
        {(session) => (
          <>
            <div className="row">
              <StatusBadge status={session.status} />
              <code>{id}</code>
            </div>
            <Details session={session} />
            {session.mode === "conversation" && <Transcript id={id} isActive={session.status === "active"} />}
            {end.isError && <ErrorNotice error={end.error} title={words.sessions.notEnded} />}
            {session.status === "active" && (
              <div className="actions">
                {session.mode !== "external" && (
                  <button type="button" className="button" onClick={() => setInviting(true)}>
                    <Users size={16} aria-hidden /> {words.sessions.inviteViewers}
                  </button>
                )}
                {session.key && (
                  <button
                    type="button"
                    className="button danger"
                    disabled={end.isPending || session.is_key_revoked}
                    onClick={() => end.mutate(session)}
                  >
                    <PhoneOff size={16} aria-hidden /> {words.sessions.end}
                  </button>
                )}
              </div>
            )}
          </>
        )}
      </QueryView>
    </Sheet>
  );
}
