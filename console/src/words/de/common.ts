/** Was mehrere Seiten sagen. */
import type { Words } from "../index.ts";
import { plural } from "./plural.ts";

export const common: Words["common"] = {
  none: "–",
  cancel: "Abbrechen",
  close: "Schließen",
  copied: "Kopiert",
  copy: (what) => `${what} kopieren`,
  dismiss: "Ausblenden",
  done: "Fertig",
  download: "Herunterladen",
  downloadAs: (format) => `${format} herunterladen`,
  justNow: "gerade eben",
  loading: "Wird geladen…",
  notifications: "Mitteilungen",
  of: (total) => `von ${total}`,
  retry: "Erneut versuchen",
  retrying: "Neuer Versuch…",
  search: "Suchen",
  tryAgainIn: (s) =>
    plural(s, {
      one: `Versuchen Sie es in ${s} Sekunde erneut.`,
      other: `Versuchen Sie es in ${s} Sekunden erneut.`,
    }),

  noResults: "Keine Treffer",
  results: (count, written) => plural(count, { one: `${written} Treffer`, other: `${written} Treffer` }),
  pagination: "Seiten",
  previousPage: "Vorherige Seite",
  nextPage: "Nächste Seite",
  range: (first, last, total) => `${first}–${last} von ${total}`,

  day: "Tag",
  time: "Zeit",

  statuses: {
    pending: "In der Warteschlange",
    processing: "Wird gerendert",
    completed: "Fertig",
    failed: "Fehlgeschlagen",
    generating: "Wird erstellt",
    ready: "Bereit",
    active: "Aktiv",
    ended: "Beendet",
    live: "Live",
    recording: "Nimmt auf",
    online: "Online",
    revoked: "Widerrufen",
    removed: "Entfernt",
    member: "Aktiv",
    invited: "Eingeladen",
    reserved: "Reserviert",
    settling: "Ausstehend",
    paid: "Bezahlt",
    not_paid: "Nicht bezahlt",
  },
};

export const errors: Words["errors"] = {
  unreachable: "Der Server ist nicht erreichbar. Prüfen Sie, ob er läuft, und versuchen Sie es erneut.",
  unexpectedStatus: (status) => `Der Server hat unerwartet geantwortet (${status}).`,
  emptyResponse: "Die Antwort des Servers war leer.",
  emptyImage: "Das Bild des Servers war leer.",
  jobFailed: "Der Auftrag ist fehlgeschlagen.",
  outOfDate: "Diese Daten sind nicht aktuell",
  start: "Die Konsole konnte nicht gestartet werden",
  pageNotLoaded: "Diese Seite konnte nicht geladen werden",
  pageNotLoadedText:
    "Ein Teil dieser Seite wurde nicht geladen. Prüfen Sie, ob der Server läuft, und versuchen Sie es erneut.",
  crashed: "Etwas ist schiefgegangen",
  crashedText:
    "Laden Sie die Seite neu. Bleibt der Fehler, zeigt die Entwicklerkonsole des Browsers Einzelheiten.",
};
