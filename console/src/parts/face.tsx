import { useQuery } from "@tanstack/react-query";
import { ImageUp, RotateCcw } from "lucide-react";
import { type DragEvent, useEffect, useMemo, useRef, useState } from "react";
import { Failure, failureOf, unreachable } from "../api/failure.ts";
import "./face.css";

export const FACE_TYPES = "image/png,image/jpeg,image/webp";
export const SOUND_TYPES = "audio/wav,audio/mpeg,audio/ogg,audio/webm,.wav,.mp3,.ogg,.oga,.opus,.webm";

/** The built-in portrait: the face of whoever chose none. */
export function useDefaultFace() {
  return useQuery({
    queryKey: ["default-face"],
    queryFn: async () => {
      const answer = await fetch("/console/api/default-face").catch(() => {
        throw unreachable();
      });
      if (!answer.ok) throw failureOf(answer.status, await answer.json().catch(() => null));
      const face = await answer.blob();
      if (face.size === 0) throw new Failure("unexpected", "The portrait came without a picture.", 0);
      return face;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The address of a file that lies in memory; given back when it is no longer shown. */
export function useFileUrl(file: Blob | null | undefined): string | null {
  const url = useMemo(() => (file ? URL.createObjectURL(file) : null), [file]);
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
  return url;
}

/** What can be dropped on: the properties of the element, and whether something hovers over it. */
export function useDrop(take: (files: File[]) => void) {
  const [over, setOver] = useState(false);
  return {
    over,
    drop: {
      onDragOver: (event: DragEvent) => {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        setOver(false);
        take([...event.dataTransfer.files]);
      },
    },
  };
}

/** A face to choose: a photo of one's own, or the built-in portrait. */
export function FaceChoice({
  face,
  onChoose,
  compact = false,
}: {
  face: File | null;
  onChoose: (face: File | null) => void;
  compact?: boolean;
}) {
  const chooser = useRef<HTMLInputElement>(null);
  const fallback = useDefaultFace();
  const shown = useFileUrl(face ?? fallback.data);
  const { over, drop } = useDrop((files) => {
    const picture = files.find((file) => file.type.startsWith("image/"));
    if (picture) onChoose(picture);
  });
  return (
    <div className={`face-choice ${compact ? "compact" : ""} ${over ? "over" : ""}`} {...drop}>
      <div className="face-picture">
        {shown && <img src={shown} alt={face ? `Your photo, ${face.name}` : "A painted portrait"} />}
      </div>
      <div className="stack">
        <div>
          <strong className="cut block">{face ? face.name : "The painted portrait"}</strong>
          <p className="hint">
            {face
              ? "One face, looking ahead, mouth closed."
              : "It belongs to nobody. Drop a photo here to use your own."}
          </p>
        </div>
        <div className="row">
          <button type="button" className="button" onClick={() => chooser.current?.click()}>
            <ImageUp size={16} aria-hidden /> Choose a photo
          </button>
          {face && (
            <button type="button" className="button quiet" onClick={() => onChoose(null)}>
              <RotateCcw size={16} aria-hidden /> Portrait
            </button>
          )}
        </div>
        <input
          ref={chooser}
          className="unseen"
          type="file"
          accept={FACE_TYPES}
          aria-label="Photo"
          tabIndex={-1}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) onChoose(file);
            event.target.value = "";
          }}
        />
      </div>
    </div>
  );
}
