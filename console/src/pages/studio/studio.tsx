import { BadgeCheck, Download, Wand } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { isOver, type Job } from "../../api/public.ts";
import { useCheckedPhoto } from "../../files/photo.ts";
import { FaceChoice, useDefaultFace, useFileUrl } from "../../parts/face.tsx";
import { bytes, seconds } from "../../parts/format.ts";
import { bringIntoView, usePlayedInView } from "../../parts/in-view.ts";
import { FailureNotice, Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { useStore } from "../../parts/store.ts";
import { accountOf, useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { change, draft, openDraft } from "./draft.ts";
import { forgetFailure, type Making, make, useMaking } from "./making.ts";
import { soundOf, type Voice } from "./voice.ts";
import { VoiceChoice } from "./voice-choice.tsx";
import "./studio.css";

function progressWords({ sent, job }: Making): string {
  if (sent !== null) return sent < 1 ? words.studio.uploading(Math.round(sent * 100)) : words.studio.checking;
  if (!job) return "";
  if (job.status === "processing") return words.studio.rendering;
  return words.studio.queued(Math.max(0, job.queue_position - 1));
}

function Elapsed() {
  const [s, setS] = useState(0);
  useEffect(() => {
    const began = performance.now();
    const timer = setInterval(() => setS((performance.now() - began) / 1000), 100);
    return () => clearInterval(timer);
  }, []);
  return <span className="figures">{seconds(s)}</span>;
}

function Result({ job, isNew }: { job: Job; isNew: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  usePlayedInView(video, isNew);
  return (
    // biome-ignore lint/a11y/useMediaCaption: the words are the user's own
    <video
      ref={video}
      src={job.url ?? undefined}
      controls
      playsInline
      preload="auto"
      aria-label={words.studio.video}
    />
  );
}

function Stage({ making, face, isNew }: { making: Making; face: Blob | undefined; isNew: boolean }) {
  const still = useFileUrl(face);
  const { job, sent } = making;
  const isDone = job?.status === "completed" && Boolean(job.url);
  return (
    <div className="stage" data-busy={making.isBusy}>
      {isDone ? <Result key={job.job_id} job={job} isNew={isNew} /> : still && <img src={still} alt="" />}
      {making.isBusy && (
        <div className="stage-progress">
          <p className="row apart" role="status">
            <span>{progressWords(making)}</span>
            <Elapsed />
          </p>
          <Bar share={sent !== null && sent < 1 ? sent : null} />
        </div>
      )}
    </div>
  );
}

function Bar({ share }: { share: number | null }) {
  if (share === null)
    return (
      <div className="progress unknown" aria-hidden>
        <i />
      </div>
    );
  return (
    <div className="progress" aria-hidden>
      <i ref={(element) => element?.style.setProperty("--done", `${share * 100}%`)} />
    </div>
  );
}

function Made({ job }: { job: Job }) {
  const { latency_ms: latencyMs } = job.timing;
  const facts = [seconds(job.output.duration ?? 0), bytes(job.output.size_bytes)] as const;
  return (
    <div className="row apart" role="status">
      <p className="soft figures">
        {latencyMs === null
          ? words.studio.summary(...facts)
          : words.studio.summaryWithTime(...facts, seconds(latencyMs / 1000))}
      </p>
      <span className="row">
        <Link className="button quiet" to={`/jobs?job=${job.job_id}`}>
          {words.studio.details}
        </Link>
        {job.url && (
          <a className="button primary" href={job.url} download={`visavis-${job.job_id}.mp4`}>
            <Download size={16} aria-hidden /> {words.common.download}
          </a>
        )}
      </span>
    </div>
  );
}

function isReady(voice: Voice, maxChars: number): boolean {
  if (voice.way !== "text") return soundOf(voice) !== null;
  return voice.speech.text.trim() !== "" && voice.speech.text.length <= maxChars;
}

/** Shows where it happens when something is sent, and the result when it is there; not what was found done. */
function useFollowed(making: Making) {
  const result = useRef<HTMLElement>(null);
  const wasMaking = useRef(false);
  const { sent, job, isBusy } = making;
  const isDone = job !== null && isOver(job);
  if (sent !== null || (job !== null && !isDone)) wasMaking.current = true;
  const isNew = isDone && wasMaking.current;
  useEffect(() => {
    if (isBusy || isNew) bringIntoView(result.current);
  }, [isBusy, isNew]);
  return { result, isNew };
}

/** A photo and a voice become a video. */
export function Studio() {
  const session = useSession();
  const account = accountOf(session);
  useEffect(() => openDraft(account), [account]);
  const { face, voice, isKept } = useStore(draft);
  const { max_text_chars: maxChars, max_upload_bytes: maxBytes } = session.limits;
  const fallback = useDefaultFace();
  const making = useMaking();
  const { result, isNew } = useFollowed(making);
  const isFaceRefused = useCheckedPhoto(face).checked?.problem != null;
  const used = face ?? fallback.data;
  const { job } = making;
  return (
    <Page title={words.shell.pages.studio} about={words.studio.about}>
      <div className="studio">
        <form
          className="stack studio-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (used) void make(used, voice);
          }}
        >
          <section className="stack">
            <h2>{words.face.title}</h2>
            <FaceChoice
              face={face}
              maxBytes={maxBytes}
              onChoose={(chosen) => {
                forgetFailure();
                // The new face is shown at once; what was made of the old one is listed among the jobs.
                change({ face: chosen, ...(making.isBusy ? {} : { jobId: null }) });
              }}
            />
          </section>
          <section className="stack">
            <h2>{words.voice.title}</h2>
            <VoiceChoice voice={voice} onChange={(changed) => change({ voice: changed })} />
          </section>
          <button
            type="submit"
            className="button primary large"
            disabled={making.isBusy || !used || isFaceRefused || !isReady(voice, maxChars)}
          >
            <Wand size={18} aria-hidden /> {making.isBusy ? words.studio.creating : words.studio.create}
          </button>
          {!isKept && <p className="hint">{words.studio.draftNotSaved}</p>}
        </form>
        <section ref={result} className="stack studio-result" aria-label={words.studio.result}>
          <Stage making={making} face={used} isNew={isNew} />
          {making.error !== null && <FailureNotice error={making.error} title={words.studio.failed} />}
          {job?.status === "failed" && (
            <Notice title={words.studio.failed}>{job.error ?? words.studio.renderingFailed}</Notice>
          )}
          {job?.status === "completed" && <Made job={job} />}
          {!making.isBusy && !job && making.error === null && (
            <p className="hint row">
              <BadgeCheck size={15} aria-hidden /> {words.studio.hint}
            </p>
          )}
        </section>
      </div>
    </Page>
  );
}
