import { Maximize2, Mic, MicOff, PhoneOff } from "lucide-react";
import { Link } from "react-router";
import { PATH, session, showIn, useCall } from "./call.ts";
import { Elapsed } from "./elapsed.tsx";
import { PHASES } from "./phases.ts";
import "./mini-player.css";

/** The live session at the edge of other pages: seen, timed, silenced, ended, and the way back to it. */
export function MiniPlayer() {
  const { phase, muted, since, status } = useCall();
  return (
    <aside className="mini-player" aria-label="Live session">
      <Link
        to={PATH}
        className="mini-stage"
        aria-label="Back to the live session"
        title="Back to the live session"
      >
        <span ref={showIn} className="mini-picture" />
        <Maximize2 size={16} aria-hidden />
      </Link>
      <div className="mini-words">
        {phase === "active" && since !== null ? (
          <span className="row">
            <span className="state live">live</span> <Elapsed since={since} />
          </span>
        ) : (
          <span className="small" role="status">
            {PHASES[phase] ?? "Waiting"}
          </span>
        )}
      </div>
      <div className="mini-deeds">
        {status === "connected" && (
          <button
            type="button"
            className={`button icon ${muted ? "" : "on"}`}
            aria-label={muted ? "Microphone off" : "Microphone on"}
            aria-pressed={!muted}
            onClick={() => void session.setMicEnabled(muted)}
          >
            {muted ? <MicOff size={17} aria-hidden /> : <Mic size={17} aria-hidden />}
          </button>
        )}
        <button type="button" className="button danger" onClick={() => void session.disconnect()}>
          <PhoneOff size={16} aria-hidden /> End
        </button>
      </div>
    </aside>
  );
}
