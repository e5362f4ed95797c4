import { type UseAvatarSessionResult, useAvatarSession } from "@visavis/react";
import { AudioLines, Mic, MicOff, PhoneOff, Play, Users, Volume2, VolumeOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Failure } from "../../api/failure.ts";
import { createLive, endLive, type LiveEnd } from "../../api/public.ts";
import { FaceChoice, useDefaultFace, useFileUrl } from "../../parts/face.tsx";
import { clock } from "../../parts/format.ts";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { FaceSwap } from "./face-swap.tsx";
import { useFigures } from "./figures.ts";
import { Invite } from "./invite.tsx";
import { LivePlots } from "./live-plots.tsx";
import { Speak } from "./speak.tsx";
import "../studio/studio.css";
import "./live.css";

const PHASES: Record<string, string> = {
  creating: "Opening the session",
  connecting: "Joining the room",
  connected: "Waiting for the avatar",
  reconnecting: "Connection lost, mending it",
};

function Elapsed({ since }: { since: number }) {
  const [s, setS] = useState(0);
  useEffect(() => {
    const tick = () => setS((Date.now() - since) / 1000);
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [since]);
  return <span className="figures">{clock(s)}</span>;
}

function LiveStage({ session, face }: { session: UseAvatarSessionResult; face: Blob | undefined }) {
  const still = useFileUrl(face);
  const [since, setSince] = useState<number | null>(null);
  const isOn = session.status === "connected";
  const isShown = session.phase === "active";
  const isUnderway = isOn || session.status === "connecting";
  useEffect(() => setSince(isOn ? Date.now() : null), [isOn]);
  return (
    <div className="stage live-stage" data-busy={isUnderway && !isShown}>
      {!isShown && still && <img src={still} alt="" />}
      <div ref={session.videoRef} className="live-picture" hidden={!isShown} />
      {isShown && since !== null && (
        <p className="stage-badge">
          <span className="state live">live</span> <Elapsed since={since} />
        </p>
      )}
      {isUnderway && !isShown && (
        <div className="stage-progress">
          <p role="status">{PHASES[session.phase] ?? "Waiting"}</p>
          <div className="progress unknown" aria-hidden>
            <i />
          </div>
        </div>
      )}
      {session.audioBlocked && (
        <button
          type="button"
          className="button primary stage-sound"
          onClick={() => void session.startAudio()}
        >
          <Volume2 size={17} aria-hidden /> Let it be heard
        </button>
      )}
    </div>
  );
}

function Controls({ session, onInvite }: { session: UseAvatarSessionResult; onInvite: () => void }) {
  const { muted, volume } = session;
  return (
    <div className="live-controls row" role="toolbar" aria-label="Session">
      <button
        type="button"
        className={`button ${muted ? "" : "on"}`}
        aria-pressed={!muted}
        onClick={() => void session.setMicEnabled(muted)}
      >
        {muted ? <MicOff size={17} aria-hidden /> : <Mic size={17} aria-hidden />}
        {muted ? "Microphone off" : "Microphone on"}
      </button>
      <label className="volume row">
        {volume === 0 ? <VolumeOff size={17} aria-hidden /> : <Volume2 size={17} aria-hidden />}
        <span className="unseen">Volume</span>
        <input
          type="range"
          min={0}
          max={100}
          value={volume}
          onChange={(event) => session.setVolume(Number(event.target.value))}
        />
      </label>
      <span className="grow" />
      <button type="button" className="button" onClick={onInvite}>
        <Users size={17} aria-hidden /> Invite
      </button>
      <button type="button" className="button danger" onClick={() => void session.disconnect()}>
        <PhoneOff size={17} aria-hidden /> End
      </button>
    </div>
  );
}

function Ending({ session, end }: { session: UseAvatarSessionResult; end: LiveEnd | null }) {
  if (session.failure && session.status === "error") {
    const wait = session.failure.retryAfterS;
    return (
      <Notice title={session.failure.code === "no_capacity" ? "Every slot is taken" : "The session failed"}>
        {session.failure.message}
        {wait !== null && ` Try again in ${wait} s.`}
      </Notice>
    );
  }
  if (session.error) return <Notice>{session.error}</Notice>;
  if (end)
    return (
      <Notice kind="calm" title="The session is over">
        It lasted {clock(end.duration_seconds)} and cost {end.estimated_cost}.
      </Notice>
    );
  if (session.endReason) return <Notice kind="wait">{session.endReason}</Notice>;
  return null;
}

/** The hook asks the public API itself: the console's token never leaves this page. */
function useLive() {
  const [end, setEnd] = useState<LiveEnd | null>(null);
  const session = useAvatarSession({
    createSession: async (face) => {
      setEnd(null);
      return await createLive(face);
    },
    deleteSession: async (id) => {
      try {
        setEnd(await endLive(id));
      } catch (error) {
        // The server may have ended it first.
        if (!(error instanceof Failure && (error.status === 404 || error.status === 409))) throw error;
      }
    },
    autoEnableMic: false,
  });
  return { session, end };
}

/** A live avatar: started, spoken through, given another face, watched by others, measured. */
export function Live() {
  const [face, setFace] = useState<File | null>(null);
  const [isInviting, setInviting] = useState(false);
  const fallback = useDefaultFace();
  const { session, end } = useLive();
  const figures = useFigures(session.room, session.latency);
  const panel = useRef<HTMLElement>(null);
  const isOn = session.status === "connected";
  const isUnderway = isOn || session.status === "connecting";
  return (
    <Page
      title="Live"
      about="A face that speaks as you do: through your microphone, a file, or what you type."
    >
      <div className="live-page">
        <section className="stack" aria-label="Stage">
          <LiveStage session={session} face={face ?? fallback.data} />
          {isOn && <Controls session={session} onInvite={() => setInviting(true)} />}
          <Ending session={session} end={end} />
        </section>
        <section ref={panel} className="stack live-panel" aria-label={isOn ? "Speaking" : "Starting"}>
          {isOn ? (
            <>
              <Speak session={session} />
              {session.sessionId && (
                <FaceSwap sessionId={session.sessionId} face={face} onSwapped={setFace} />
              )}
            </>
          ) : (
            <>
              <h2>Face</h2>
              <FaceChoice face={face} onChoose={setFace} />
              <button
                type="button"
                className="button primary large"
                disabled={isUnderway}
                onClick={() => void session.connect(face)}
              >
                <Play size={18} aria-hidden /> {isUnderway ? "Starting…" : "Start the session"}
              </button>
              {isUnderway && (
                <button type="button" className="button" onClick={() => void session.disconnect()}>
                  Cancel
                </button>
              )}
              <p className="hint row">
                <AudioLines size={15} aria-hidden /> Billed by the second, from the avatar's appearance until
                you end it.
              </p>
            </>
          )}
        </section>
        {figures.length > 0 && <LivePlots figures={figures} />}
      </div>
      {isInviting && session.sessionId && (
        <Invite sessionId={session.sessionId} onClose={() => setInviting(false)} />
      )}
    </Page>
  );
}
