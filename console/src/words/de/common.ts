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
  byCode: {
    // Fotos und Ton.
    no_face:
      "Auf dem Foto wurde kein ganzes Gesicht gefunden. Verwenden Sie ein Foto, auf dem das Gesicht von der Stirn bis zum Kinn zu sehen ist.",
    face_too_small:
      "Das Gesicht ist zu klein. Verwenden Sie ein größeres Foto, oder eines, auf dem das Gesicht näher ist.",
    face_turned_away: "Das Gesicht ist zu weit abgewandt. Verwenden Sie ein Foto, das es von vorn zeigt.",
    mouth_covered: "Etwas verdeckt den Mund. Verwenden Sie ein Foto, auf dem er frei ist.",
    mouth_wide_open: "Der Mund ist zu weit offen. Verwenden Sie ein Foto mit geschlossenem Mund.",
    invalid_photo:
      "Dieses Foto kann nicht gelesen werden. Wählen Sie ein Bild im Format PNG, JPEG oder WebP.",
    invalid_sound: "Dieser Ton kann nicht gelesen werden. Wählen Sie eine WAV- oder MP3-Datei.",
    no_sound: "Diese Datei enthält keinen Ton.",
    payload_too_large: "Die Datei ist zu groß.",
    unsupported_media_type: "Dieses Dateiformat wird nicht unterstützt.",

    // Anmelden und Rechte.
    signed_out: "Sie sind abgemeldet. Melden Sie sich wieder an.",
    sign_in_refused: "Die Anmeldedaten sind falsch.",
    invalid_link: "Dieser Link wurde schon benutzt oder ist abgelaufen. Bitten Sie um einen neuen.",
    not_permitted: "Dazu haben Sie nicht das Recht.",
    forbidden: "Dieser API-Schlüssel ist ungültig oder widerrufen.",
    already_member: "Diese Person ist schon Mitglied der Organisation.",
    last_operator: "Dies ist der einzige Betreiber. Machen Sie zuerst jemand anderen zum Betreiber.",
    last_owner:
      "Dies ist der letzte Inhaber einer Organisation. Machen Sie zuerst jemand anderen zum Inhaber.",

    // Der Server.
    rate_limited: "Zu viele Anfragen in kurzer Zeit.",
    monthly_cap_exceeded: "Das Monatslimit dieses Schlüssels ist erreicht.",
    no_capacity: "Alle Plätze sind belegt.",
    busy: "Der Server ist ausgelastet. Versuchen Sie es gleich noch einmal.",
    not_found: "Das gibt es nicht, oder nicht mehr.",
    session_not_active: "Die Sitzung ist beendet.",
    already_ended: "Die Sitzung war schon beendet.",
    model_not_ready:
      "Ein Modell wird noch geladen, oder es fehlt. `visavis models pull` auf dem Server lädt es.",
    storage_unavailable: "Der Speicher des Servers ist gerade nicht verfügbar. Versuchen Sie es später.",
    storage_error: "Die Datei konnte nicht gespeichert werden. Versuchen Sie es noch einmal.",
    temporarily_unavailable:
      "Die Datenbank ist gerade nicht erreichbar. Versuchen Sie es gleich noch einmal.",
    internal_error: "Auf dem Server ist etwas schiefgegangen. Sein Protokoll sagt, was.",

    // Live-Sitzungen.
    create_failed: "Die Sitzung konnte nicht erstellt werden.",
    delete_failed: "Die Sitzung konnte nicht beendet werden. Vielleicht läuft sie noch.",
    swap_failed: "Das Gesicht konnte nicht gewechselt werden.",
    token_refused: "Der Raum hat den Zugang abgelehnt. Starten Sie eine neue Sitzung.",
    connect_failed: "Die Verbindung zum Raum konnte nicht hergestellt werden.",
    connection_lost: "Die Verbindung ist abgerissen. Versuchen Sie es noch einmal.",
    joined_elsewhere: "Die Sitzung wurde an einem anderen Ort geöffnet.",
    removed: "Sie wurden aus der Sitzung entfernt.",
    server_shutdown: "Der Server wird beendet. Versuchen Sie es noch einmal.",
    not_connected: "Es besteht keine Verbindung.",
    publish_failed: "Der Ton konnte nicht gesendet werden.",
    send_failed: "Der Text konnte nicht gesendet werden.",
    no_agent: "In dieser Sitzung antwortet niemand.",
    not_spoken: "In dieser Sitzung spricht niemand Texte.",
    invalid_audio: "Dieser Ton kann nicht gelesen werden. Wählen Sie eine WAV- oder MP3-Datei.",
    microphone_denied:
      "Der Browser hat das Mikrofon gesperrt. Erlauben Sie den Zugriff und versuchen Sie es erneut.",
    microphone_missing: "Kein Mikrofon gefunden. Schließen Sie eines an und versuchen Sie es erneut.",
    microphone_busy:
      "Ein anderes Programm verwendet das Mikrofon. Schließen Sie es und versuchen Sie es erneut.",
    microphone_failed: "Das Mikrofon konnte nicht geöffnet werden.",
    microphone_lost: "Das Mikrofon wurde getrennt. Schließen Sie eines an und schalten Sie es wieder ein.",
    speaker_failed: "Der Lautsprecher konnte nicht verwendet werden.",
  },
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
