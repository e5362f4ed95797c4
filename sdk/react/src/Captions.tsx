import type { ReactNode } from "react";
import { type SessionProps, useCall } from "./context.js";

/** Props of {@link Captions}. @public */
export interface CaptionsProps extends SessionProps {
  /** How many messages are shown, the newest ones. Default 2. */
  max?: number | undefined;
  className?: string | undefined;
}

/**
 * What both sides say, while they say it. Screen readers hear each message once, when it is final.
 *
 * @public
 */
export function Captions({ max = 2, className, ...props }: CaptionsProps): ReactNode {
  const { session, labels } = useCall(props);
  return (
    <div className={className ?? "visavis-captions"} role="log" aria-label={labels.captions}>
      {session.messages.slice(-max).map(({ id, role, text, final }) => (
        <p key={`${role} ${id} ${final}`} data-role={role} data-final={final} aria-hidden={!final}>
          <span className="visavis-speaker">{role === "user" ? labels.you : labels.avatarSpeaker}:</span>{" "}
          {text}
        </p>
      ))}
    </div>
  );
}
