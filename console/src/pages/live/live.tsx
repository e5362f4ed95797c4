import {
  AudioLines,
  MessagesSquare,
  Mic,
  MicOff,
  PhoneOff,
  Play,
  Users,
  Volume2,
  VolumeOff,
} from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { FacePicker, useDefaultFace, useFileUrl } from "../../components/face-picker.tsx";
import { clock } from "../../components/format.ts";
import { scrollIntoView } from "../../components/in-view.ts";
import { Notice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { useCheckedPhoto } from "../../files/photo.ts";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { draft, type Mode, useDraft } from "./conversation.ts";
import { ConversationPanel } from "./conversation-panel.tsx";
import { ConversationSetup } from "./conversation-setup.tsx";
import { Elapsed } from "./elapsed.tsx";
import { FaceSwap } from "./face-swap.tsx";
import { Invite } from "./invite.tsx";
import { attachTo, isRunning, live, session, useLiveSession } from "./live-session.ts";
import { phaseText } from "./phases.ts";
import { resetSpeech } from "./speech.ts";
import { SpeechPanel } from "./speech-panel.tsx";
import { StatsPlots } from "./stats-plots.tsx";
import "./dock.ts";
import "../studio/studio.css";
import "./live.css";

function LivePreview({ face }: { face: Blob | undefined }) {
  const state = useLiveSession();
  const { phase, since, audioBlocked } = state;
  const still = useFileUrl(face);
  const stage = useRef<HTMLDivElement>(null);
  const isShown = phase === "active";
  const isBusy = isRunning(state) && !isShown;
  // On a phone the start button is far below.
  useEffect(() => {
    if (isBusy) scrollIntoView(stage.current);
  }, [isBusy]);
  return (
    <div ref={stage} className="stage live-stage" data-busy={isBusy}>
      {!isShown && still && <img src={still} alt="" />}
      <div ref={attachTo} className="live-picture" hidden={!isShown} />
      {isShown && since !== null && (
        <p className="stage-badge">
          <StatusBadge status="live" /> <Elapsed since={since} />
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
  const { muted, volume } = useLiveSession();
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
        <span className="visually-hidden">{words.live.volume}</span>
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

function Outcome() {
  const { status, error, end, endReason } = useLiveSession();
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
      <Notice kind="info" title={words.live.ended}>
        {words.live.endedText(clock(end.duration_seconds), end.estimated_cost)}
      </Notice>
    );
  if (endReason) return <Notice kind="warning">{endReason}</Notice>;
  return null;
}

/** Chooses whether the avatar says what it hears, or answers. */
function ModePicker({ isStarting }: { isStarting: boolean }) {
  const { mode } = useDraft();
  const modes: readonly [Mode, typeof Mic][] = [
    ["passthrough", AudioLines],
    ["conversation", MessagesSquare],
  ];
  return (
    <fieldset className="stack mode-picker" disabled={isStarting}>
      <legend className="visually-hidden">{words.conversation.modes}</legend>
      <div className="tabs">
        {modes.map(([each, Icon]) => (
          <button
            key={each}
            type="button"
            aria-pressed={mode === each}
            onClick={() => draft.set({ mode: each })}
          >
            <Icon size={15} aria-hidden /> {words.conversation.mode[each]}
          </button>
        ))}
      </div>
      <p className="hint">{words.conversation.modeAbout[mode]}</p>
    </fieldset>
  );
}

/** The settings of a new session, and the start button. */
function Setup() {
  const state = useLiveSession();
  const { face } = state;
  const { mode } = useDraft();
  const isStarting = isRunning(state);
  const { max_face_bytes: maxBytes } = useSession().limits;
  const isFaceRejected = useCheckedPhoto(face).checked?.problem != null;
  return (
    <section className="stack live-panel" aria-label={words.live.setup}>
      <ModePicker isStarting={isStarting} />
      {mode === "conversation" && <ConversationSetup />}
      <h2>{words.face.title}</h2>
      <FacePicker face={face} maxBytes={maxBytes} onChoose={(face) => live.set({ face })} />
      <button
        type="button"
        className="button primary large"
        disabled={isStarting || isFaceRejected}
        onClick={() => {
          resetSpeech();
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

/** The page of the live session. */
export function Live() {
  const [isInviting, setInviting] = useState(false);
  const fallback = useDefaultFace();
  const { face, status, sessionId, stats } = useLiveSession();
  const { mode } = useDraft();
  const isConnected = status === "connected";
  return (
    <Page title={words.shell.pages.live} about={words.live.about}>
      <div className="live-page">
        <section className="stack" aria-label={words.live.preview}>
          <LivePreview face={face ?? fallback.data} />
          {isConnected && <Controls onInvite={() => setInviting(true)} />}
          <Outcome />
        </section>
        {isConnected ? (
          <section
            className="stack live-panel"
            aria-label={mode === "conversation" ? words.conversation.transcript : words.live.speech.title}
          >
            {mode === "conversation" ? <ConversationPanel /> : <SpeechPanel />}
            {sessionId && (
              <FaceSwap sessionId={sessionId} face={face} onSwapped={(face) => live.set({ face })} />
            )}
          </section>
        ) : (
          <Setup />
        )}
        {stats.length > 0 && <StatsPlots stats={stats} />}
      </div>
      {isInviting && sessionId && <Invite sessionId={sessionId} onClose={() => setInviting(false)} />}
    </Page>
  );
}
