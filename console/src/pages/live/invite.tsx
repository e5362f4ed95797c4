import { useQuery } from "@tanstack/react-query";
import { consoleApi, held } from "../../api/console.ts";
import { Copyable } from "../../parts/copy.tsx";
import { FailureNotice } from "../../parts/notice.tsx";
import { Loading } from "../../parts/page.tsx";
import { Sheet } from "../../parts/sheet.tsx";

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
      {share.isPending && <Loading rows={1} />}
      {share.isError && <FailureNotice error={share.error} title="There is no link" />}
      {share.data && (
        <>
          <Copyable text={share.data.url} label="the link" />
          <p className="hint">
            In OBS: add a browser source with this address. The page has no frame and a transparent ground.
          </p>
          <div className="deeds">
            <a className="button" href={share.data.url} target="_blank" rel="noreferrer">
              Open it here
            </a>
            <button type="button" className="button primary" onClick={onClose}>
              Done
            </button>
          </div>
        </>
      )}
    </Sheet>
  );
}
