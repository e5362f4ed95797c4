/** Die Seite eines Agenten, die andere einbetten. */
import type { embed as en } from "../en/embed.ts";

export const embed: typeof en = {
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
