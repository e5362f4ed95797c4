/** Live-Sitzungen: die Seite, der Player auf anderen Seiten, und Einladungen. */
import type { Words } from "../index.ts";

export const live: Words["live"] = {
  about: "Sprechen Sie durch einen Live-Avatar, oder mit ihm.",
  preview: "Vorschau",
  setup: "Einrichtung",
  controls: "Steuerung der Sitzung",
  phases: {
    creating: "Sitzung wird erstellt…",
    connecting: "Verbindung wird aufgebaut…",
    connected: "Warten auf den Avatar…",
    reconnecting: "Verbindung wird wiederhergestellt…",
  },
  waiting: "Warten…",
  playAudio: "Ton abspielen",
  mute: "Stummschalten",
  unmute: "Stummschaltung aufheben",
  volume: "Lautstärke",
  invite: "Einladen",
  end: "Sitzung beenden",
  endShort: "Beenden",
  start: "Sitzung starten",
  starting: "Wird gestartet…",
  billing:
    "Abgerechnet wird nach Sekunden, vom Erscheinen des Avatars bis Sie die Sitzung beenden. Sie läuft weiter, während Sie andere Seiten besuchen.",
  noCapacity: "Alle Live-Plätze sind belegt",
  failed: "Die Sitzung ist fehlgeschlagen",
  ended: "Sitzung beendet",
  endedText: (duration, cost) => `Dauer ${duration}, Kosten ${cost}.`,
  endedToast: (detail) => `Sitzung beendet. ${detail}`,
  miniPlayer: "Live-Sitzung",
  goBack: "Zurück zur Live-Sitzung",

  speech: {
    title: "Sprache",
    sources: "Quelle der Sprache",
    source: { text: "Text", file: "Ton" },
    text: "Text, der gesprochen wird",
    placeholder: "Text eingeben, dann Enter drücken",
    submit: "Sprechen",
    drop: "Ziehen Sie eine Tondatei hierher, um sie abzuspielen.",
    failed: "Das konnte nicht gesprochen werden",
    history: "Gesprochen",
    stop: "Stopp",
  },
  face: {
    hint: "Das neue Gesicht erscheint, ohne die Sitzung zu unterbrechen.",
    changing: "Das Gesicht wird gewechselt…",
    changed: "Gesicht gewechselt",
    failed: "Das Gesicht konnte nicht gewechselt werden",
  },
  stats: {
    title: "Statistik",
    latency: "Verzögerung (ms)",
    networkAndBuffer: "Netzwerk und Puffer",
    offset: "Lippen hinter dem Ton (ms)",
    offsetSeries: "Versatz",
    bitrate: "Bitrate (kbit/s)",
    video: "Bild",
    audio: "Ton",
    value: (name, value) => `${name}: ${value}`,
    noData: "keine Daten",
    now: (values) => `Jetzt: ${values}`,
  },
};

export const invite: Words["invite"] = {
  title: "Zuschauer einladen",
  about:
    "Wer diesen Link hat, kann den Avatar ohne Konto sehen und hören. Der Link gilt, bis die Sitzung endet.",
  failed: "Der Link konnte nicht erstellt werden",
  loopback: "Dieser Link funktioniert nur auf diesem Rechner",
  loopbackText: (host) =>
    `Auf jedem Rechner ist ${host} der Rechner selbst. Setzen Sie \`VISAVIS_PUBLIC_URL\` auf die öffentliche URL dieses Servers und starten Sie ihn neu.`,
  link: "Link",
  obs: "Fügen Sie in OBS eine Browserquelle mit dieser URL hinzu. Die Seite hat einen durchsichtigen Hintergrund.",
  open: "Link öffnen",
};
