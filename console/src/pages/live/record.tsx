import { Circle, Square } from "lucide-react";
import { Link } from "react-router";
import { ErrorNotice, Notice } from "../../components/notice.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { words } from "../../words/index.ts";
import { Elapsed } from "./elapsed.tsx";
import { toggleRecording, useRecording } from "./recording.ts";

const texts = words.live.recording;

/** The button that begins and ends a recording. */
export function RecordButton() {
  const { since, isBusy } = useRecording();
  return (
    <button
      type="button"
      className={`button icon ${since === null ? "" : "on"}`}
      aria-label={since === null ? texts.start : texts.stop}
      title={since === null ? texts.start : texts.stop}
      disabled={isBusy}
      onClick={() => void toggleRecording()}
    >
      {since === null ? (
        <Circle size={17} className="record-dot" aria-hidden />
      ) : (
        <Square size={15} aria-hidden />
      )}
    </button>
  );
}

/** How long has been recorded, over the picture. */
export function RecordingBadge() {
  const { since } = useRecording();
  if (since === null) return null;
  return (
    <>
      <StatusBadge status="recording" /> <Elapsed since={since} />
    </>
  );
}

/** Where the last recording is found, and why there is none. */
export function RecordingOutcome() {
  const { since, jobId, error } = useRecording();
  if (error !== null) return <ErrorNotice error={error} title={texts.failed} />;
  if (jobId === null || since !== null) return null;
  return (
    <Notice
      kind="info"
      title={texts.saved}
      action={
        <Link className="button" to="/jobs">
          {texts.open}
        </Link>
      }
    >
      {texts.savedText}
    </Notice>
  );
}
