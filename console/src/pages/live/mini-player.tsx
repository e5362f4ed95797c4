import { Maximize2, Mic, MicOff, PhoneOff } from "lucide-react";
import { Link } from "react-router";
import { State } from "../../parts/state.tsx";
import { words } from "../../words/index.ts";
import { PATH, session, showIn, useCall } from "./call.ts";
import { Elapsed } from "./elapsed.tsx";
import { phaseText } from "./phases.ts";
import "./mini-player.css";

/** The live session at the edge of other pages: seen, timed, silenced, ended, and the way back to it. */
export function MiniPlayer() {
  const { phase, muted, since, status } = useCall();
  return (
    <aside className="mini-player" aria-label={words.live.miniPlayer}>
      <Link to={PATH} className="mini-stage" aria-label={words.live.goBack} title={words.live.goBack}>
        <span ref={showIn} className="mini-picture" />
        <Maximize2 size={16} aria-hidden />
      </Link>
      <div className="mini-words">
        {phase === "active" && since !== null ? (
          <span className="row">
            <State of="live" /> <Elapsed since={since} />
          </span>
        ) : (
          <span className="small" role="status">
            {phaseText(phase)}
          </span>
        )}
      </div>
      <div className="mini-deeds">
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
