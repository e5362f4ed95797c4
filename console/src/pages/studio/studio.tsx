import { useMutation, useQuery } from "@tanstack/react-query";
import { BadgeCheck, Download, Wand } from "lucide-react";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { getJob, isOver, type Job, submitSound, submitText } from "../../api/public.ts";
import { FaceChoice, useDefaultFace, useFileUrl } from "../../parts/face.tsx";
import { bytes, seconds } from "../../parts/format.ts";
import { FailureNotice, Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { type Voice, VoiceChoice } from "./voice.tsx";
import "./studio.css";

const POLL_MS = 500;
const FIRST_WORDS = "Hello! I am a picture, and my lips move by the sound alone.";

interface Order {
  face: Blob;
  voice: Voice;
}

/** Sends an order, and follows its job until it is over. */
function useMaking() {
  const [sent, setSent] = useState(0);
  const [jobId, setJobId] = useState<string | null>(null);
  const submission = useMutation({
    mutationFn: async ({ face, voice }: Order) => {
      setSent(0);
      setJobId(null);
      if (voice.way === "text") return await submitText(face, voice.speech, setSent);
      const sound = voice.way === "file" ? voice.file : voice.recording;
      if (!sound) throw new Error("There is no sound yet.");
      return await submitSound(face, sound, setSent);
    },
    onSuccess: setJobId,
  });
  const job = useQuery({
    queryKey: ["job", jobId],
    queryFn: () => getJob(jobId ?? ""),
    enabled: jobId !== null,
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : POLL_MS),
  });
  return {
    order: (order: Order) => submission.mutate(order),
    sent,
    isSending: submission.isPending,
    job: job.data ?? null,
    isBusy: submission.isPending || (jobId !== null && !job.isError && !(job.data && isOver(job.data))),
    error: submission.error ?? job.error,
  };
}

function progressWords(making: ReturnType<typeof useMaking>): string {
  const { job } = making;
  if (making.isSending)
    return making.sent < 1 ? `Sending, ${Math.round(making.sent * 100)} %` : "Looking at it";
  if (!job) return "";
  if (job.status === "processing") return "Rendering";
  return job.queue_position > 1 ? `Waiting, ${job.queue_position - 1} ahead of you` : "Waiting";
}

function Elapsed({ isRunning }: { isRunning: boolean }) {
  const [s, setS] = useState(0);
  useEffect(() => {
    if (!isRunning) return;
    const began = performance.now();
    const timer = setInterval(() => setS((performance.now() - began) / 1000), 100);
    return () => clearInterval(timer);
  }, [isRunning]);
  return <span className="figures">{s.toFixed(1)} s</span>;
}

function Stage({ making, face }: { making: ReturnType<typeof useMaking>; face: Blob | undefined }) {
  const still = useFileUrl(face);
  const { job } = making;
  const isDone = job?.status === "completed" && Boolean(job.url);
  return (
    <div className="stage" data-busy={making.isBusy}>
      {isDone ? (
        // biome-ignore lint/a11y/useMediaCaption: the words are the user's own
        <video
          key={job.job_id}
          src={job.url ?? undefined}
          controls
          autoPlay
          playsInline
          aria-label="Your video"
        />
      ) : (
        still && <img src={still} alt="" />
      )}
      {making.isBusy && (
        <div className="stage-progress">
          <p className="row apart" role="status">
            <span>{progressWords(making)}</span>
            <Elapsed isRunning />
          </p>
          <Bar share={making.isSending && making.sent < 1 ? making.sent : null} />
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
  const duration = job.output.duration ?? 0;
  return (
    <div className="row apart" role="status">
      <p className="soft figures">
        {seconds(duration)} of video, {bytes(job.output.size_bytes)}
        {latencyMs !== null && <>, made in {seconds(latencyMs / 1000)}</>}
      </p>
      <span className="row">
        <Link className="button quiet" to={`/jobs?job=${job.job_id}`}>
          Details
        </Link>
        <a className="button primary" href={job.url ?? undefined} download={`visavis-${job.job_id}.mp4`}>
          <Download size={16} aria-hidden /> Download
        </a>
      </span>
    </div>
  );
}

function isReady(voice: Voice): boolean {
  if (voice.way === "text") return voice.speech.text.trim() !== "";
  return (voice.way === "file" ? voice.file : voice.recording) !== null;
}

/** A photo and a voice become a video. */
export function Studio() {
  const [face, setFace] = useState<File | null>(null);
  const [voice, setVoice] = useState<Voice>({
    way: "text",
    speech: { text: FIRST_WORDS, language: "en-us", voice: "" },
    file: null,
    recording: null,
  });
  const fallback = useDefaultFace();
  const making = useMaking();
  const used = face ?? fallback.data;
  const { job } = making;
  return (
    <Page title="Studio" about="A photo and a voice become a video whose lips follow the sound.">
      <div className="studio">
        <form
          className="stack studio-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (used) making.order({ face: used, voice });
          }}
        >
          <section className="stack">
            <h2>Face</h2>
            <FaceChoice face={face} onChoose={setFace} />
          </section>
          <section className="stack">
            <h2>Voice</h2>
            <VoiceChoice voice={voice} onChange={setVoice} />
          </section>
          <button
            type="submit"
            className="button primary large"
            disabled={making.isBusy || !used || !isReady(voice)}
          >
            <Wand size={18} aria-hidden /> {making.isBusy ? "Making it…" : "Make the video"}
          </button>
          {fallback.isError && !face && <FailureNotice error={fallback.error} />}
        </form>
        <section className="stack" aria-label="Result">
          <Stage making={making} face={used} />
          {making.error && <FailureNotice error={making.error} title="This could not be made" />}
          {job?.status === "failed" && (
            <Notice title="This could not be made">{job.error ?? "Rendering failed. Try again."}</Notice>
          )}
          {job?.status === "completed" && <Made job={job} />}
          {!making.isBusy && !job && !making.error && (
            <p className="hint row">
              <BadgeCheck size={15} aria-hidden /> Your video will play here. Every one carries content
              credentials that say it was made by a machine.
            </p>
          )}
        </section>
      </div>
    </Page>
  );
}
