import type { CallLabels } from "@visavis/core";
import { defaultLabels } from "@visavis/core";
import { type FormEvent, type ReactNode, useEffect, useMemo, useState } from "react";
import { Avatar } from "./Avatar.js";
import { Captions } from "./Captions.js";
import { CallContext } from "./context.js";
import { DeviceSelect } from "./DeviceSelect.js";
import { MicButton } from "./MicButton.js";
import {
  type UseAvatarSessionOptions,
  type UseAvatarSessionResult,
  useAvatarSession,
} from "./useAvatarSession.js";

/** Props of {@link AvatarCall}. @public */
export interface AvatarCallProps extends UseAvatarSessionOptions {
  face?: File | null | undefined;
  faceUrl?: string | null | undefined;
  /** Address of a picture that is shown until the avatar's own is there. */
  poster?: string | undefined;
  /** Starts the session without a click. Browsers may block its sound until the user has touched the page. */
  autoStart?: boolean | undefined;
  /** Whether the microphone is open only while its button is pressed. */
  pushToTalk?: boolean | undefined;
  /** Default `true`. */
  captions?: boolean | undefined;
  /** Shows a field for messages to the avatar. */
  chat?: boolean | undefined;
  /** Texts in another language. */
  labels?: Partial<CallLabels> | undefined;
  className?: string | undefined;
  /** Shown below the avatar instead of captions and controls. */
  children?: ReactNode;
}

/**
 * A whole call: the avatar, captions, and buttons to start, mute and end. Import `@visavis/react/styles.css` for its
 * looks, and set the variables of that file to change them.
 *
 * @public
 */
export function AvatarCall(props: AvatarCallProps): ReactNode {
  const { face, faceUrl, poster, autoStart, pushToTalk, captions, chat, labels, className, children } = props;
  const session = useAvatarSession(props);
  const texts = useMemo(() => ({ ...defaultLabels, ...labels }), [labels]);
  const { connect, disconnect } = session;

  // A start in an effect, which React runs twice in development, is one session: the first one is left before
  // anything was asked for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another face does not start it again
  useEffect(() => {
    if (!autoStart) return;
    void connect(face, faceUrl);
    return () => void disconnect();
  }, [autoStart, connect, disconnect]);

  return (
    <CallContext.Provider value={{ session, labels: texts }}>
      <section className={className ?? "visavis-call"} aria-label={texts.call}>
        <Avatar poster={poster}>
          <Overlay session={session} labels={texts} onStart={() => void connect(face, faceUrl)} />
        </Avatar>
        {children ?? (
          <>
            {(captions ?? true) && <Captions />}
            {session.status === "connected" && (
              <>
                {session.error !== null && (
                  <p className="visavis-notice" role="alert">
                    {session.error}
                  </p>
                )}
                {chat && <Chat session={session} labels={texts} />}
                <div className="visavis-controls">
                  <MicButton pushToTalk={pushToTalk} />
                  <button
                    type="button"
                    className="visavis-button"
                    disabled={!session.isSpeaking}
                    onClick={() => session.interrupt()}
                  >
                    {texts.interrupt}
                  </button>
                  <button
                    type="button"
                    className="visavis-button"
                    data-kind="end"
                    onClick={() => void disconnect()}
                  >
                    {texts.end}
                  </button>
                </div>
                <details className="visavis-devices">
                  <summary>{texts.devices}</summary>
                  <DeviceSelect kind="microphone" />
                  <DeviceSelect kind="speaker" />
                </details>
              </>
            )}
          </>
        )}
      </section>
    </CallContext.Provider>
  );
}

interface PartProps {
  session: UseAvatarSessionResult;
  labels: CallLabels;
}

/** What lies over the avatar while it cannot be talked to. */
function Overlay({ session, labels, onStart }: PartProps & { onStart: () => void }): ReactNode {
  const { phase, status, error, endReason, audioBlocked, startAudio } = session;
  if (status === "idle") return <Cover button={labels.start} onClick={onStart} />;
  if (status === "error" || status === "disconnected")
    return <Cover text={error ?? endReason ?? labels.ended} button={labels.restart} onClick={onStart} />;
  if (status === "connecting") return <Cover text={labels.connecting} />;
  if (phase === "reconnecting") return <Cover text={labels.reconnecting} />;
  if (audioBlocked) return <Cover button={labels.playAudio} onClick={() => void startAudio()} />;
  return null;
}

function Cover(props: { text?: string; button?: string; onClick?: () => void }): ReactNode {
  return (
    <div className="visavis-overlay">
      {props.text !== undefined && <p role="status">{props.text}</p>}
      {props.button !== undefined && (
        <button type="button" className="visavis-button" data-kind="primary" onClick={props.onClick}>
          {props.button}
        </button>
      )}
    </div>
  );
}

function Chat({ session, labels }: PartProps): ReactNode {
  const [text, setText] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    try {
      await session.sendChat(text.trim());
      setText("");
      setFailure(null);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <form className="visavis-chat" onSubmit={(event) => void send(event)}>
        <input
          className="visavis-input"
          aria-label={labels.message}
          placeholder={labels.message}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="visavis-button">
          {labels.send}
        </button>
      </form>
      {failure !== null && (
        <p className="visavis-notice" role="alert">
          {failure}
        </p>
      )}
    </>
  );
}
