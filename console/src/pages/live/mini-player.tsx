import { Maximize2, Mic, MicOff, PhoneOff } from "lucide-react";
import { Link } from "react-router";
import { StatusBadge } from "../../components/status-badge.tsx";
import { words } from "../../words/index.ts";
import { Elapsed } from "./elapsed.tsx";
import { attachTo, PATH, session, useLiveSession } from "./live-session.ts";
import { phaseText } from "./phases.ts";
import "./mini-player.css";

/** The mini player: the live session on other pages. */
export function MiniPlayer() {
  const { phase, muted, since, status } = useLiveSession();
  return (
    <aside className="mini-player" aria-label={words.live.miniPlayer}>
      <Link to={PATH} className="mini-stage" aria-label={words.live.goBack} title={words.live.goBack}>
        <span ref={attachTo} className="mini-picture" />
        <Maximize2 size={16} aria-hidden />
      </Link>
      <div className="mini-status">
        {phase === "active" && since !== null ? (
          <span className="row">
            <StatusBadge status="live" /> <Elapsed since={since} />
          </span>
        ) : (
          <span className="small" role="status">
            {phaseText(phase)}
          </span>
        )}
      </div>
      <div className="mini-actions">
        {status === "connected" && (
          <button
            type="button"
            className={`button icon ${muted ? "" : "on"}`}
            aria-label={muted ? words.live.unmute : words.live.mute}
            onClick={() => void session.setMicEnabled(muted)}
          >
            {muted ? <MicOff size={17} aria-hidden /> : <Mic size={17} aria-hidden />}
          </button>
        )}
        <button type="button" className="button danger" onClick={() => void session.disconnect()}>
          <PhoneOff size={16} aria-hidden /> {words.live.endShort}
        </button>
      </div>
    </aside>
  );
}
