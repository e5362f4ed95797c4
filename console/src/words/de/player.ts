/** Der Player der Zuschauer. */
import type { player as en } from "../en/player.ts";

export const player: typeof en = {
  title: "Live-Avatar",
  playAudio: "Ton abspielen",
  ended: "Diese Sitzung ist beendet.",
  unavailable: "Dieser Link ist ungültig oder abgelaufen.",
};
