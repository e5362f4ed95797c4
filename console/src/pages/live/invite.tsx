import { useQuery } from "@tanstack/react-query";
import { consoleApi, held } from "../../api/console.ts";
import { Coded } from "../../parts/coded.tsx";
import { Copyable } from "../../parts/copy.tsx";
import { Notice } from "../../parts/notice.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Sheet } from "../../parts/sheet.tsx";
import { words } from "../../words/index.ts";
import { isLoopback } from "./loopback.ts";

/** A link that lets others watch: to be sent, or to be put into a streaming program. */
export function Invite({ sessionId, onClose }: { sessionId: string; onClose: () => void }) {
  const share = useQuery({
    queryKey: ["share", sessionId],
    queryFn: async () =>
      held(
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
            {isLoopback(url) && (
              <Notice kind="wait" title={words.invite.loopback}>
                <Coded>{words.invite.loopbackText(new URL(url).hostname)}</Coded>
              </Notice>
            )}
            <Copyable text={url} label={words.invite.link} />
            <p className="hint">{words.invite.obs}</p>
            <div className="deeds">
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
