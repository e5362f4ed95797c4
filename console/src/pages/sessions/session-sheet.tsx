import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PhoneOff, Users } from "lucide-react";
import { useState } from "react";
import { consoleApi, held, type LiveRow } from "../../api/console.ts";
import { endLive } from "../../api/public.ts";
import { atTime, dollars, seconds } from "../../parts/format.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Sheet } from "../../parts/sheet.tsx";
import { State } from "../../parts/state.tsx";
import { say } from "../../parts/toasts.tsx";
import { Invite } from "../live/invite.tsx";

const LOOK_EVERY_MS = 2000;

const REASONS: Record<string, string> = {
  deleted: "Ended by its owner",
  idle_timeout: "Nobody was there, or could be heard",
  max_duration: "It reached its longest time",
  room_deleted: "Its room was closed",
  room_lost: "Its room could not be reached",
  worker_lost: "Its worker died, and no other was free",
  failed: "It broke again and again",
};

/** Why a session ended, in words. */
export const reasonOf = (reason: string | null): string =>
  reason === null ? "–" : (REASONS[reason] ?? reason);

function Facts({ session }: { session: LiveRow }) {
  const facts: readonly [string, string][] = [
    ["Key", `${session.key.name} (${session.key.prefix}…)`],
    ["Mode", session.mode],
    ["Room", session.room],
    ["Opened", atTime(session.created_at)],
    ["Begun", atTime(session.started_at)],
    ["Ended", atTime(session.ended_at)],
    ["Why", reasonOf(session.reason)],
    ["Lasted", seconds(session.duration_s)],
    ["Cost", dollars(session.cost_usd)],
    ["Worker", session.worker ?? "–"],
    ["Taken over", session.takeovers === 0 ? "never" : `${session.takeovers} times`],
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
      say(`The session is over. It cost ${ended.estimated_cost}.`);
      void queries.invalidateQueries({ queryKey: ["session-row", id] });
      void queries.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  if (isInviting) return <Invite sessionId={id} onClose={() => setInviting(false)} />;
  return (
    <Sheet title="Session" onClose={onClose}>
      <QueryView of={query} failed="This session cannot be shown">
        {(session) => (
          <>
            <div className="row">
              <State of={session.status} />
              <code>{id}</code>
            </div>
            <Facts session={session} />
            {end.isError && <FailureNotice error={end.error} title="It could not be ended" />}
            {session.status === "active" && (
              <div className="deeds">
                {session.mode !== "external" && (
                  <button type="button" className="button" onClick={() => setInviting(true)}>
                    <Users size={16} aria-hidden /> Invite viewers
                  </button>
                )}
                <button
                  type="button"
                  className="button danger"
                  disabled={end.isPending || session.is_key_revoked}
                  onClick={() => end.mutate(session)}
                >
                  <PhoneOff size={16} aria-hidden /> End the session
                </button>
              </div>
            )}
          </>
        )}
      </QueryView>
    </Sheet>
  );
}
