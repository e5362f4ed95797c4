import type { ReactNode } from "react";
import { type SessionProps, useCall } from "./context.js";

/** Props of {@link Avatar}. @public */
export interface AvatarProps extends SessionProps {
  /** Address of a picture that is shown until the avatar's own is there. */
  poster?: string | undefined;
  className?: string | undefined;
  /** Shown over the picture. */
  children?: ReactNode;
}

/**
 * The avatar's picture. `data-speaking` is set while it speaks, and `data-phase` is the phase of the session.
 *
 * @public
 */
export function Avatar({ poster, className, children, ...props }: AvatarProps): ReactNode {
  const { session, labels } = useCall(props);
  return (
    <section
      className={className ?? "visavis-avatar"}
      aria-label={labels.avatar}
      data-phase={session.phase}
      data-speaking={session.isSpeaking}
    >
      {poster !== undefined && session.phase !== "active" && (
        <img className="visavis-poster" src={poster} alt="" />
      )}
      <div className="visavis-video" ref={session.videoRef} />
      {children}
    </section>
  );
}
