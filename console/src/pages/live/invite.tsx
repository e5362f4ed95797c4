import { useQuery } from "@tanstack/react-query";
import { consoleApi, held } from "../../api/console.ts";
import { Copyable } from "../../parts/copy.tsx";
import { Notice } from "../../parts/notice.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Sheet } from "../../parts/sheet.tsx";
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
    <Sheet title="Invite viewers" onClose={onClose}>
      <p className="soft">
        Whoever has this link sees and hears the avatar, without an account and without being seen. It works
        until the session ends.
      </p>
      <QueryView of={share} failed="There is no link" rows={1}>
        {({ url }) => (
          <>
            {isLoopback(url) && (
              <Notice kind="wait" title="Only this machine can open it">
                Its address, {new URL(url).hostname}, is one that every machine has for itself. Set{" "}
                <code>VISAVIS_PUBLIC_URL</code> to the address at which others reach this server, and start it
                again.
              </Notice>
            )}
            <Copyable text={url} label="the link" />
            <p className="hint">
              In OBS: add a browser source with this address. The page has no frame and a transparent ground.
            </p>
            <div className="deeds">
              <a className="button" href={url} target="_blank" rel="noreferrer">
                Open it here
              </a>
              <button type="button" className="button primary" onClick={onClose}>
                Done
              </button>
            </div>
          </>
        )}
      </QueryView>
    </Sheet>
  );
}
