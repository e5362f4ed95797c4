import { useQuery } from "@tanstack/react-query";
import { CircleCheck, ImageUp, RotateCcw } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError, apiErrorOf, unreachable } from "../api/error.ts";
import { PHOTO_ACCEPT } from "../files/media-types.ts";
import {
  type CheckedPhoto,
  type Outline as FaceOutline,
  photoProblem,
  useCheckedPhoto,
} from "../files/photo.ts";
import { words } from "../words/index.ts";
import { AvatarGallery } from "./avatar-gallery.tsx";
import { FileInput, useDrop } from "./file-input.tsx";
import { ErrorNotice, Notice } from "./notice.tsx";
import { RetryButton } from "./query-view.tsx";
import "./face-picker.css";

/** The built-in portrait, used if no photo was chosen. */
export function useDefaultFace() {
  return useQuery({
    queryKey: ["default-face"],
    queryFn: async () => {
      const answer = await fetch("/console/api/default-face").catch(() => {
        throw unreachable();
      });
      if (!answer.ok) throw apiErrorOf(answer.status, await answer.json().catch(() => null));
      const face = await answer.blob();
      if (face.size === 0) throw new ApiError("unexpected", words.errors.emptyImage, 0);
      return face;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** An object URL of a file, revoked when it is no longer shown. */
export function useFileUrl(file: Blob | null | undefined): string | null {
  const url = useMemo(() => (file ? URL.createObjectURL(file) : null), [file]);
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
  return url;
}

/** The outline of the detected face, drawn over an image that covers or fits its frame. */
function Outline({ points, width, height }: { points: FaceOutline; width: number; height: number }) {
  const path = points.map(([x = 0, y = 0]) => `${x * width},${y * height}`).join(" ");
  return (
    <svg
      className="face-outline"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMidYMid slice"
      aria-hidden
    >
      <polygon points={path} />
    </svg>
  );
}

/** A preview of the chosen image, with the outline of the detected face. */
function Picture({ shown, alt, outline }: { shown: string; alt: string; outline: FaceOutline | null }) {
  const [size, setSize] = useState<{ of: string; width: number; height: number } | null>(null);
  return (
    <>
      <img
        src={shown}
        alt={alt}
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
          setSize({ of: shown, width, height })
        }
      />
      {outline && size?.of === shown && <Outline points={outline} width={size.width} height={size.height} />}
    </>
  );
}

function FaceCheck({ checked, isChecking }: { checked: CheckedPhoto | null; isChecking: boolean }) {
  if (isChecking) return <p className="hint">{words.face.detecting}</p>;
  if (!checked || checked.problem) return null;
  return (
    <>
      {checked.outline && (
        <p className="hint found">
          <CircleCheck size={15} aria-hidden /> {words.face.found}
        </p>
      )}
      {checked.notes.map((note) => (
        <p key={note} className="hint">
          {note}
        </p>
      ))}
    </>
  );
}

/** Chooses a face: a photo, which is checked at once, or the built-in portrait. */
export function FacePicker({
  face,
  maxBytes,
  onChoose,
  compact = false,
}: {
  face: File | null;
  maxBytes: number;
  onChoose: (face: File | null) => void;
  compact?: boolean;
}) {
  const chooser = useRef<HTMLInputElement>(null);
  const fallback = useDefaultFace();
  const shown = useFileUrl(face ?? fallback.data);
  const { checked, isChecking } = useCheckedPhoto(face);
  const [rejection, setRejection] = useState<{ name: string; problem: string } | null>(null);
  const choose = (photo: File | null) => {
    setRejection(null);
    onChoose(photo);
  };
  const take = async (file: File) => {
    const problem = await photoProblem(file, maxBytes);
    if (problem) setRejection({ name: file.name, problem });
    else choose(file);
  };
  const { over, drop } = useDrop((file) => void take(file));
  const problem = rejection?.problem ?? checked?.problem;
  return (
    <div className={`face-picker ${compact ? "compact" : ""} ${over ? "over" : ""}`} {...drop}>
      <div className="face-picture">
        {shown && (
          <Picture
            shown={shown}
            alt={face ? words.face.yours(face.name) : words.face.defaultName}
            outline={face && checked ? checked.outline : null}
          />
        )}
      </div>
      <div className="stack">
        <div>
          <strong className="name">{face ? face.name : words.face.defaultName}</strong>
          {face ? (
            <div role="status">
              <FaceCheck checked={checked} isChecking={isChecking} />
            </div>
          ) : (
            <p className="hint">{words.face.defaultHint}</p>
          )}
        </div>
        <div className="row">
          <button type="button" className="button" onClick={() => chooser.current?.click()}>
            <ImageUp size={16} aria-hidden /> {words.face.choose}
          </button>
          {face && (
            <button type="button" className="button quiet" onClick={() => choose(null)}>
              <RotateCcw size={16} aria-hidden /> {words.face.useDefault}
            </button>
          )}
        </div>
        <FileInput
          ref={chooser}
          accept={PHOTO_ACCEPT}
          label={words.face.input}
          onChoose={(file) => void take(file)}
        />
      </div>
      <AvatarGallery onChoose={choose} />
      {!face && fallback.isError && (
        <ErrorNotice
          error={fallback.error}
          title={words.face.defaultNotLoaded}
          action={<RetryButton onRetry={fallback.refetch} isBusy={fallback.isFetching} />}
        />
      )}
      {problem && (
        <Notice title={rejection ? words.files.rejected(rejection.name) : words.face.rejected}>
          {problem}
        </Notice>
      )}
    </div>
  );
}
