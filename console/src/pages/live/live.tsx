import {
  AudioLines,
  Captions as CaptionsIcon,
  Maximize,
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
import { messageOf } from "../../api/error.ts";
import { FacePicker, useDefaultFace, useFileUrl } from "../../components/face-picker.tsx";
import { scrollIntoView } from "../../components/in-view.ts";
import { Notice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { createStore, useStore } from "../../components/store.ts";
import { useCheckedPhoto } from "../../files/photo.ts";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { Captions } from "./captions.tsx";
import { draft, type Mode, useDraft } from "./conversation.ts";
import { ConversationPanel } from "./conversation-panel.tsx";
import { ConversationSetup } from "./conversation-setup.tsx";
import { DeviceChoice } from "./device-select.tsx";
import { Diagnostics } from "./diagnostics.tsx";
import { Elapsed } from "./elapsed.tsx";
import { endReasonText, endText } from "./end-text.ts";
import { FaceSwap } from "./face-swap.tsx";
import { Invite } from "./invite.tsx";
import { attachTo, isRunning, live, session, useLiveSession } from "./live-session.ts";
import { MicLevel } from "./mic-level.tsx";
import { phaseText } from "./phases.ts";
import { PushToTalk } from "./push-to-talk.tsx";
import { RecordButton, RecordingBadge, RecordingOutcome } from "./record.tsx";
import { resetRecording } from "./recording.ts";
import { resetSpeech } from "./speech.ts";
import { SpeechPanel } from "./speech-panel.tsx";
import "./dock.ts";
import "../studio/studio.css";
import "./live.css";

/** How this browser shows sessions, until the page is left. */
const preferences = createStore({ hasCaptions: false, holdsToTalk: false });

function LivePreview({ face }: { face: Blob | undefined }) {
  const { hasCaptions } = useStore(preferences);
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
          <StatusBadge status="live" /> <Elapsed since={since} /> <RecordingBadge />
        </p>
      )}
      {isShown && hasCaptions && <Captions />}
      {isShown && document.fullscreenEnabled && (
        <button
          type="button"
          className="stage-full"
          aria-label={words.live.fullScreen}
          title={words.live.fullScreen}
          onClick={() => {
            if (document.fullscreenElement) void document.exitFullscreen();
            else void stage.current?.requestFullscreen();
          }}
        >
          <Maximize size={17} aria-hidden />
        </button>
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
  const { hasCaptions, holdsToTalk } = useStore(preferences);
  return (
    <div className="live-controls row" role="toolbar" aria-label={words.live.controls}>
      {holdsToTalk ? (
        <PushToTalk />
      ) : (
        <button
          type="button"
          className={`button ${muted ? "" : "on"}`}
          onClick={() => void session.setMicEnabled(muted)}
        >
          {muted ? <MicOff size={17} aria-hidden /> : <Mic size={17} aria-hidden />}
          {muted ? words.live.unmute : words.live.mute}
        </button>
      )}
      <MicLevel />
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
      <button
        type="button"
        className={`button icon ${hasCaptions ? "on" : ""}`}
        aria-label={words.live.captions}
        title={words.live.captions}
        aria-pressed={hasCaptions}
        onClick={() => preferences.set({ hasCaptions: !hasCaptions })}
      >
        <CaptionsIcon size={17} aria-hidden />
      </button>
      <span className="grow" />
      <RecordButton />
      <button
        type="button"
        className="button icon"
        aria-label={words.live.invite}
        title={words.live.invite}
        onClick={onInvite}
      >
        <Users size={17} aria-hidden />
      </button>
      <button type="button" className="button danger" onClick={() => void session.disconnect()}>
        <PhoneOff size={17} aria-hidden /> {words.live.end}
      </button>
    </div>
  );
}

/** The devices and how the microphone is used, in a drawer. */
function SoundSettings() {
  const { holdsToTalk } = useStore(preferences);
  return (
    <details className="drawer">
      <summary>
        <Mic size={16} aria-hidden /> {words.live.devices.title}
      </summary>
      <div className="stack">
        <DeviceChoice />
        <label className="check">
          <input
            type="checkbox"
            checked={holdsToTalk}
            onChange={(event) => preferences.set({ holdsToTalk: event.target.checked })}
          />
          <span>{words.live.pushToTalk}</span>
        </label>
        <p className="hint">{words.live.pushToTalkHint}</p>
      </div>
    </details>
  );
}

function Outcome() {
  const { status, error, end, endReason } = useLiveSession();
  const { is_billed: isBilled } = useSession();
  if (error && status === "error") {
    const wait = error.retryAfterS;
    return (
      <Notice title={error.code === "no_capacity" ? words.live.noCapacity : words.live.failed}>
        {messageOf(error)}
        {wait !== null && ` ${words.common.tryAgainIn(wait)}`}
      </Notice>
    );
  }
  if (error) return <Notice>{messageOf(error)}</Notice>;
  if (end)
    return (
      <Notice kind="info" title={words.live.ended}>
        {endText(end, isBilled)}
      </Notice>
    );
  if (endReason) return <Notice kind="warning">{endReasonText()}</Notice>;
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
  const { limits, is_billed: isBilled } = useSession();
  const isFaceRejected = useCheckedPhoto(face).checked?.problem != null;
  return (
    <section className="stack live-panel" aria-label={words.live.setup}>
      <ModePicker isStarting={isStarting} />
      {mode === "conversation" && <ConversationSetup />}
      <h2>{words.face.title}</h2>
      <FacePicker face={face} maxBytes={limits.max_face_bytes} onChoose={(face) => live.set({ face })} />
      <SoundSettings />
      <button
        type="button"
        className="button primary large"
        disabled={isStarting || isFaceRejected}
        onClick={() => {
          resetSpeech();
          resetRecording();
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
        <AudioLines size={15} aria-hidden /> {isBilled ? words.live.billing : words.live.keepsRunning}
      </p>
    </section>
  );
}

/** The page of the live session. */
export function Live() {
  const [isInviting, setInviting] = useState(false);
  const fallback = useDefaultFace();
  const { face, status, sessionId } = useLiveSession();
  const { mode } = useDraft();
  const { holdsToTalk } = useStore(preferences);
  const isConnected = status === "connected";
  return (
    <Page title={words.shell.pages.live} about={words.live.about}>
      <div className="live-page">
        <section className="stack" aria-label={words.live.preview}>
          <LivePreview face={face ?? fallback.data} />
          {isConnected && <Controls onInvite={() => setInviting(true)} />}
          {isConnected && <Diagnostics />}
          <RecordingOutcome />
          <Outcome />
        </section>
        {isConnected ? (
          <section
            className="stack live-panel"
            aria-label={mode === "conversation" ? words.conversation.transcript : words.live.speech.title}
          >
            {mode === "conversation" ? <ConversationPanel /> : <SpeechPanel holdsToTalk={holdsToTalk} />}
            <SoundSettings />
            {sessionId && (
              <FaceSwap sessionId={sessionId} face={face} onSwapped={(face) => live.set({ face })} />
            )}
          </section>
        ) : (
          <Setup />
        )}
      </div>
      {isInviting && sessionId && <Invite sessionId={sessionId} onClose={() => setInviting(false)} />}
    </Page>
  );
}
