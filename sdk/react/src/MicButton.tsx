import { type ReactNode, useEffect, useRef } from "react";
import { type SessionProps, useCall } from "./context.js";

/** Props of {@link MicButton}. @public */
export interface MicButtonProps extends SessionProps {
  /** Whether the microphone is open only while the button is pressed. */
  pushToTalk?: boolean | undefined;
  className?: string | undefined;
}

/**
 * Mutes and opens the microphone, or opens it while it is pressed. The variable `--visavis-level` is the loudness of
 * the microphone, 0 to 1.
 *
 * @public
 */
export function MicButton({ pushToTalk: isHeld = false, className, ...props }: MicButtonProps): ReactNode {
  const { session, labels } = useCall(props);
  const button = useRef<HTMLButtonElement>(null);
  const { muted, status, level, pushToTalk, setMicEnabled } = session;

  useEffect(() => (isHeld && button.current ? pushToTalk(button.current) : undefined), [isHeld, pushToTalk]);

  useEffect(() => {
    if (muted) return;
    let frame = 0;
    const show = () => {
      button.current?.style.setProperty("--visavis-level", level().toFixed(2));
      frame = requestAnimationFrame(show);
    };
    show();
    return () => {
      cancelAnimationFrame(frame);
      button.current?.style.removeProperty("--visavis-level");
    };
  }, [muted, level]);

  const toggle = isHeld ? {} : { onClick: () => void setMicEnabled(muted), "aria-pressed": muted };
  return (
    <button
      ref={button}
      type="button"
      className={className ?? "visavis-button visavis-mic"}
      disabled={status !== "connected"}
      data-muted={muted}
      {...toggle}
    >
      <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
        <path d="M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5 11a7 7 0 0 0 14 0M12 18v3" />
        <path className="visavis-stroke" d="M4 3l16 18" />
      </svg>
      {isHeld ? labels.holdToTalk : labels.mute}
    </button>
  );
}
