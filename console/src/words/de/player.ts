/** Der Player der Zuschauer. */
import type { player as en } from "../en/player.ts";

export const player: typeof en = {
  title: "Live-Avatar",
  playAudio: "Ton abspielen",
  mute: "Ton aus",
  unmute: "Ton an",
  fullScreen: "Vollbild",
  exitFullScreen: "Vollbild verlassen",
  ended: "Diese Sitzung ist beendet.",
  unavailable: "Dieser Link ist ungültig oder abgelaufen.",
};
