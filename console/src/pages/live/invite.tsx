import { useQuery } from "@tanstack/react-query";
import { consoleApi, dataOf } from "../../api/console.ts";
import { QueryView } from "../../components/query-view.tsx";
import { SharedLink } from "../../components/shared-link.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { words } from "../../words/index.ts";

/** A dialog with a link for viewers. */
export function Invite({ sessionId, onClose }: { sessionId: string; onClose: () => void }) {
  const share = useQuery({
    queryKey: ["share", sessionId],
    queryFn: async () =>
      dataOf(
        await consoleApi.POST("/console/api/sessions/{session_id}/share", {
          params: { path: { session_id: sessionId } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Sheet title={words.invite.title} onClose={onClose}>
      <p className="soft">{words.invite.about}</p>
      <QueryView of={share} failed={words.invite.failed} rows={1}>
        {({ url }) => (
          <>
            <SharedLink url={url} label={words.invite.link} />
            <p className="hint">{words.invite.obs}</p>
            <div className="actions">
              <a className="button" href={url} target="_blank" rel="noreferrer">
                {words.invite.open}
              </a>
              <button type="button" className="button primary" onClick={onClose}>
                {words.common.done}
              </button>
            </div>
          </>
        )}
      </QueryView>
    </Sheet>
  );
}
