/** Die Seite eines Agenten, die andere einbetten. */
import type { embed as en } from "../en/embed.ts";

export const embed: typeof en = {
  labels: {
    call: "Gespräch mit dem Avatar",
    start: "Gespräch beginnen",
    connecting: "Verbindung wird aufgebaut…",
    reconnecting: "Verbindung wird wiederhergestellt…",
    ended: "Das Gespräch ist beendet.",
    restart: "Noch einmal beginnen",
    end: "Beenden",
    mute: "Mikrofon stummschalten",
    holdToTalk: "Zum Sprechen gedrückt halten",
    playAudio: "Ton abspielen",
    interrupt: "Stopp",
    devices: "Mikrofon und Lautsprecher",
    microphone: "Mikrofon",
    speaker: "Lautsprecher",
    defaultDevice: "Standard",
    captions: "Untertitel",
    you: "Sie",
    message: "Nachricht schreiben",
    send: "Senden",
  },
  title: (name) => (name ? `Gespräch mit ${name}` : "Gespräch mit dem Avatar"),
  unavailable: "Dieser Link ist ungültig oder abgelaufen.",
  unreachable: "Der Server ist nicht erreichbar. Prüfen Sie Ihre Verbindung.",
  retry: "Erneut versuchen",
  refusals: {
    EMBED_TOKEN_INVALID: "Dieser Link ist ungültig oder abgelaufen. Laden Sie die Seite neu.",
    EMBED_LIMIT_REACHED: "Zu viele Personen sprechen mit diesem Avatar. Versuchen Sie es später noch einmal.",
    RATE_LIMITED: "Zu viele Versuche. Warten Sie eine Minute und versuchen Sie es dann noch einmal.",
    NO_CAPACITY: "Alle Avatare sind belegt. Versuchen Sie es gleich noch einmal.",
  },
};
