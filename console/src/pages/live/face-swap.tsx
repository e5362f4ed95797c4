import { useMutation } from "@tanstack/react-query";
import { swapFace } from "../../api/public.ts";
import { FacePicker, useDefaultFace } from "../../components/face-picker.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";

/** Changes the face of the running session. */
export function FaceSwap({
  sessionId,
  face,
  onSwapped,
}: {
  sessionId: string;
  face: File | null;
  onSwapped: (face: File | null) => void;
}) {
  const fallback = useDefaultFace();
  const { max_face_bytes: maxBytes } = useSession().limits;
  const swap = useMutation({
    mutationFn: async (wanted: File | null) => {
      const sent = wanted ?? fallback.data;
      if (sent) await swapFace(sessionId, sent);
    },
    onSuccess: (_, wanted) => onSwapped(wanted),
  });
  return (
    <section className="stack" aria-busy={swap.isPending}>
      <div>
        <h2>{words.face.title}</h2>
        <p className="hint">{words.live.face.hint}</p>
      </div>
      <FacePicker
        face={swap.isPending ? (swap.variables ?? null) : face}
        maxBytes={maxBytes}
        onChoose={swap.mutate}
        compact
      />
      <p className="hint" role="status">
        {swap.isPending ? words.live.face.changing : swap.isSuccess ? words.live.face.changed : ""}
      </p>
      {swap.isError && <ErrorNotice error={swap.error} title={words.live.face.failed} />}
    </section>
  );
}
