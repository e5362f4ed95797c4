import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PhoneOff, Users } from "lucide-react";
import { useState } from "react";
import { consoleApi, held, type LiveRow } from "../../api/console.ts";
import { endLive } from "../../api/public.ts";
import { atTime, count, dollars, seconds } from "../../parts/format.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Sheet } from "../../parts/sheet.tsx";
import { State } from "../../parts/state.tsx";
import { say } from "../../parts/toasts.tsx";
import { wordFor, words } from "../../words/index.ts";
import { Invite } from "../live/invite.tsx";

const LOOK_EVERY_MS = 2000;

/** Why a session ended, in words. */
export const reasonOf = (reason: string | null): string =>
  reason === null ? words.common.none : wordFor(words.sessions.reasons, reason);

function Facts({ session }: { session: LiveRow }) {
  const { facts: names, key } = words.sessions;
  const facts: readonly [string, string][] = [
    [names.key, key(session.key.name, session.key.prefix)],
    [names.mode, session.mode],
    [names.room, session.room],
    [names.created, atTime(session.created_at)],
    [names.started, atTime(session.started_at)],
    [names.ended, atTime(session.ended_at)],
    [names.reason, reasonOf(session.reason)],
    [names.duration, seconds(session.duration_s)],
    [names.cost, dollars(session.cost_usd)],
    [names.worker, session.worker ?? words.common.none],
    [names.failovers, count(session.takeovers)],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One live session: what is known of it, and what can be done with it. */
export function SessionSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const queries = useQueryClient();
  const [isInviting, setInviting] = useState(false);
  const query = useQuery({
    queryKey: ["session-row", id],
    queryFn: async () =>
      held(
        await consoleApi.GET("/console/api/sessions/{session_id}", { params: { path: { session_id: id } } }),
      ),
    refetchInterval: ({ state }) => (state.data?.status === "active" ? LOOK_EVERY_MS : false),
  });
  const end = useMutation({
    mutationFn: (row: LiveRow) => endLive(row.session_id, row.key.id),
    onSuccess: (ended) => {
      say(words.sessions.endedToast(ended.estimated_cost));
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
              <State of={session.status} />
              <code>{id}</code>
            </div>
            <Facts session={session} />
            {end.isError && <FailureNotice error={end.error} title={words.sessions.notEnded} />}
            {session.status === "active" && (
              <div className="deeds">
                {session.mode !== "external" && (
                  <button type="button" className="button" onClick={() => setInviting(true)}>
                    <Users size={16} aria-hidden /> {words.sessions.inviteViewers}
                  </button>
                )}
                <button
                  type="button"
                  className="button danger"
                  disabled={end.isPending || session.is_key_revoked}
                  onClick={() => end.mutate(session)}
                >
                  <PhoneOff size={16} aria-hidden /> {words.sessions.end}
                </button>
              </div>
            )}
          </>
        )}
      </QueryView>
    </Sheet>
  );
}
