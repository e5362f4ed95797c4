import { AudioLines, Mic, MicOff, PhoneOff, Play, Users, Volume2, VolumeOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useCheckedPhoto } from "../../files/photo.ts";
import { FaceChoice, useDefaultFace, useFileUrl } from "../../parts/face.tsx";
import { clock } from "../../parts/format.ts";
import { bringIntoView } from "../../parts/in-view.ts";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { call, isUnderway, session, showIn, useCall } from "./call.ts";
import { Elapsed } from "./elapsed.tsx";
import { FaceSwap } from "./face-swap.tsx";
import { Invite } from "./invite.tsx";
import { LivePlots } from "./live-plots.tsx";
import { phaseText } from "./phases.ts";
import { Speak } from "./speak.tsx";
import { forgetSpeaking } from "./speaking.ts";
import "./docking.ts";
import "../studio/studio.css";
import "./live.css";

function LiveStage({ face }: { face: Blob | undefined }) {
  const state = useCall();
  const { phase, since, audioBlocked } = state;
  const still = useFileUrl(face);
  const stage = useRef<HTMLDivElement>(null);
  const isShown = phase === "active";
  const isBusy = isUnderway(state) && !isShown;
  // On a phone the button that starts it stands far below.
  useEffect(() => {
    if (isBusy) bringIntoView(stage.current);
  }, [isBusy]);
  return (
    <div ref={stage} className="stage live-stage" data-busy={isBusy}>
      {!isShown && still && <img src={still} alt="" />}
      <div ref={showIn} className="live-picture" hidden={!isShown} />
      {isShown && since !== null && (
        <p className="stage-badge">
          <State of="live" /> <Elapsed since={since} />
        </p>
      )}
      {isBusy && (
        <div className="stage-progress">
          <p role="status">{phaseText(phase)}</p>
          <div className="progress unknown" aria-hidden>
            <i />
          </div>
        </div>
      )}
      {audioBlocked && (
        <button
          type="button"
          className="button primary stage-sound"
          onClick={() => void session.startAudio()}
        >
          <Volume2 size={17} aria-hidden /> {words.live.playAudio}
        </button>
      )}
    </div>
  );
}

function Controls({ onInvite }: { onInvite: () => void }) {
  const { muted, volume } = useCall();
  return (
    <div className="live-controls row" role="toolbar" aria-label={words.live.controls}>
      <button
        type="button"
        className={`button ${muted ? "" : "on"}`}
        onClick={() => void session.setMicEnabled(muted)}
      >
        {muted ? <MicOff size={17} aria-hidden /> : <Mic size={17} aria-hidden />}
        {muted ? words.live.unmute : words.live.mute}
      </button>
      <label className="volume row">
        {volume === 0 ? <VolumeOff size={17} aria-hidden /> : <Volume2 size={17} aria-hidden />}
        <span className="unseen">{words.live.volume}</span>
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
        <Users size={17} aria-hidden /> {words.live.invite}
      </button>
      <button type="button" className="button danger" onClick={() => void session.disconnect()}>
        <PhoneOff size={17} aria-hidden /> {words.live.end}
      </button>
    </div>
  );
}

function Ending() {
  const { status, error, end, endReason } = useCall();
  if (error && status === "error") {
    const wait = error.retryAfterS;
    return (
      <Notice title={error.code === "no_capacity" ? words.live.noCapacity : words.live.failed}>
        {error.message}
        {wait !== null && ` ${words.common.tryAgainIn(wait)}`}
      </Notice>
    );
  }
  if (error) return <Notice>{error.message}</Notice>;
  if (end)
    return (
      <Notice kind="calm" title={words.live.ended}>
        {words.live.endedText(clock(end.duration_seconds), end.estimated_cost)}
      </Notice>
    );
  if (endReason) return <Notice kind="wait">{endReason}</Notice>;
  return null;
}

/** What is chosen before a session starts. */
function Starting() {
  const state = useCall();
  const { face } = state;
  const isStarting = isUnderway(state);
  const { max_face_bytes: maxBytes } = useSession().limits;
  const isFaceRefused = useCheckedPhoto(face).checked?.problem != null;
  return (
    <section className="stack live-panel" aria-label={words.live.setup}>
      <h2>{words.face.title}</h2>
      <FaceChoice face={face} maxBytes={maxBytes} onChoose={(face) => call.set({ face })} />
      <button
        type="button"
        className="button primary large"
        disabled={isStarting || isFaceRefused}
        onClick={() => {
          forgetSpeaking();
          void session.connect(face);
        }}
      >
        <Play size={18} aria-hidden /> {isStarting ? words.live.starting : words.live.start}
      </button>
      {isStarting && (
        <button type="button" className="button" onClick={() => void session.disconnect()}>
          {words.common.cancel}
        </button>
      )}
      <p className="hint row">
        <AudioLines size={15} aria-hidden /> {words.live.billing}
      </p>
    </section>
  );
}

/** A live avatar: started, spoken through, given another face, watched by others, measured. */
export function Live() {
  const [isInviting, setInviting] = useState(false);
  const fallback = useDefaultFace();
  const { face, status, sessionId, figures } = useCall();
  const isOn = status === "connected";
  return (
    <Page title={words.shell.pages.live} about={words.live.about}>
      <div className="live-page">
        <section className="stack" aria-label={words.live.preview}>
          <LiveStage face={face ?? fallback.data} />
          {isOn && <Controls onInvite={() => setInviting(true)} />}
          <Ending />
        </section>
        {isOn ? (
          <section className="stack live-panel" aria-label={words.live.speech.title}>
            <Speak />
            {sessionId && (
              <FaceSwap sessionId={sessionId} face={face} onSwapped={(face) => call.set({ face })} />
            )}
          </section>
        ) : (
          <Starting />
        )}
        {figures.length > 0 && <LivePlots figures={figures} />}
      </div>
      {isInviting && sessionId && <Invite sessionId={sessionId} onClose={() => setInviting(false)} />}
    </Page>
  );
}
