import { BadgeCheck, Download, Wand } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { isFinished, type Job } from "../../api/public.ts";
import { CaptionLinks } from "../../components/caption-links.tsx";
import { FacePicker, useDefaultFace, useFileUrl } from "../../components/face-picker.tsx";
import { bytes, seconds } from "../../components/format.ts";
import { scrollIntoView, usePlayedInView } from "../../components/in-view.ts";
import { ErrorNotice, Notice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { useStore } from "../../components/store.ts";
import { useCheckedPhoto } from "../../files/photo.ts";
import { accountOf, useSession } from "../../shell/session.tsx";
import { sentence, words } from "../../words/index.ts";
import { draft, openDraft, updateDraft } from "./draft.ts";
import { clearError, type Generation, generate, useGeneration } from "./generation.ts";
import { Options } from "./options.tsx";
import { RecentVideos } from "./recent-videos.tsx";
import { audioOf, type Voice } from "./voice.ts";
import { VoicePicker } from "./voice-picker.tsx";
import "./studio.css";

function progressText({ uploaded, job }: Generation): string {
  if (uploaded !== null)
    return uploaded < 1 ? words.studio.uploading(Math.round(uploaded * 100)) : words.studio.checking;
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

function Preview({
  generation,
  face,
  isNew,
}: {
  generation: Generation;
  face: Blob | undefined;
  isNew: boolean;
}) {
  const still = useFileUrl(face);
  const { job, uploaded } = generation;
  const isDone = job?.status === "completed" && Boolean(job.url);
  return (
    <div className="stage" data-busy={generation.isBusy}>
      {isDone ? <Result key={job.job_id} job={job} isNew={isNew} /> : still && <img src={still} alt="" />}
      {generation.isBusy && (
        <div className="stage-progress">
          <p className="row apart" role="status">
            <span>{progressText(generation)}</span>
            <Elapsed />
          </p>
          <Bar share={uploaded !== null && uploaded < 1 ? uploaded : null} />
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

function Summary({ job }: { job: Job }) {
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
        <CaptionLinks job={job} />
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
  if (voice.source !== "text") return audioOf(voice) !== null;
  return voice.speech.text.trim() !== "" && voice.speech.text.length <= maxChars;
}

/** Scrolls to the progress and to a new result, but not to a result that was there before. */
function useScrollToResult(generation: Generation) {
  const result = useRef<HTMLElement>(null);
  const wasBusy = useRef(false);
  const { uploaded, job, isBusy } = generation;
  const isDone = job !== null && isFinished(job);
  if (uploaded !== null || (job !== null && !isDone)) wasBusy.current = true;
  const isNew = isDone && wasBusy.current;
  useEffect(() => {
    if (isBusy || isNew) scrollIntoView(result.current);
  }, [isBusy, isNew]);
  return { result, isNew };
}

/** Creates a video from a photo and a voice. */
export function Studio() {
  const session = useSession();
  const account = accountOf(session);
  useEffect(() => openDraft(account), [account]);
  const { face, voice, options, isSaved } = useStore(draft);
  const { max_text_chars: maxChars, max_upload_bytes: maxBytes } = session.limits;
  const fallback = useDefaultFace();
  const generation = useGeneration();
  const { result, isNew } = useScrollToResult(generation);
  const isFaceRejected = useCheckedPhoto(face).checked?.problem != null;
  const used = face ?? fallback.data;
  const { job } = generation;
  return (
    <Page title={words.shell.pages.studio} about={words.studio.about}>
      <div className="studio">
        <form
          className="stack studio-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (used) void generate(used, voice);
          }}
        >
          <section className="stack">
            <h2>{words.face.title}</h2>
            <FacePicker
              face={face}
              maxBytes={maxBytes}
              onChoose={(chosen) => {
                clearError();
                // Show the new face at once. The last video stays in the list of jobs.
                updateDraft({ face: chosen, ...(generation.isBusy ? {} : { jobId: null }) });
              }}
            />
          </section>
          <section className="stack">
            <h2>{words.voice.title}</h2>
            <VoicePicker voice={voice} onChange={(changed) => updateDraft({ voice: changed })} />
          </section>
          <Options options={options} onChange={(changed) => updateDraft({ options: changed })} />
          <button
            type="submit"
            className="button primary large"
            disabled={generation.isBusy || !used || isFaceRejected || !isReady(voice, maxChars)}
          >
            <Wand size={18} aria-hidden /> {generation.isBusy ? words.studio.creating : words.studio.create}
          </button>
          {!isSaved && <p className="hint">{words.studio.draftNotSaved}</p>}
        </form>
        <section ref={result} className="stack studio-result" aria-label={words.studio.result}>
          <Preview generation={generation} face={used} isNew={isNew} />
          {generation.error !== null && <ErrorNotice error={generation.error} title={words.studio.failed} />}
          {job?.status === "failed" && (
            <Notice title={words.studio.failed}>
              {job.error ? sentence(job.error) : words.studio.renderingFailed}
            </Notice>
          )}
          {job?.status === "completed" && <Summary job={job} />}
          {!generation.isBusy && !job && generation.error === null && (
            <p className="hint row">
              <BadgeCheck size={15} aria-hidden /> {words.studio.hint}
            </p>
          )}
          <RecentVideos newestId={job?.status === "completed" ? job.job_id : null} />
        </section>
      </div>
    </Page>
  );
}
