/** Das Studio. */
import type { Words } from "../index.ts";
import { plural } from "./plural.ts";

export const studio: Words["studio"] = {
  about: "Erstellen Sie ein sprechendes Video aus einem Foto und einer Stimme.",
  create: "Video erstellen",
  creating: "Video wird erstellt…",
  result: "Ergebnis",
  video: "Ihr Video",
  uploading: (percent) => `Wird hochgeladen… ${percent} %`,
  checking: "Dateien werden geprüft…",
  queued: (ahead) =>
    ahead === 0
      ? "In der Warteschlange"
      : plural(ahead, {
          one: `In der Warteschlange, ${ahead} Auftrag davor`,
          other: `In der Warteschlange, ${ahead} Aufträge davor`,
        }),
  rendering: "Wird gerendert…",
  failed: "Das Video konnte nicht erstellt werden",
  renderingFailed: "Das Rendern ist fehlgeschlagen. Versuchen Sie es erneut.",
  details: "Einzelheiten",
  summary: (duration, size) => `Dauer ${duration}, ${size}`,
  summaryWithTime: (duration, size, renderTime) => `Dauer ${duration}, ${size}, in ${renderTime} gerendert`,
  hint: "Hier erscheint Ihr Video. Jedes Video trägt Content Credentials, die es als KI-generiert ausweisen.",
  recent: "Letzte Videos",
  recentOne: (what, ago) => `${what} (${ago})`,
  options: {
    title: "Optionen",
    changed: (count) => `${count} geändert`,
    reset: "Optionen zurücksetzen",
    frame: "Ausschnitt",
    frames: { face: "Kopf", photo: "Ganzes Foto" },
    photoHint: "Das ganze Foto behält seine Größe und seinen Hintergrund.",
    size: "Größe",
    square: (side) => `${side} × ${side}`,
    rate: "Bildrate",
    perSecond: (fps) => `${fps} pro Sekunde`,
    background: "Hintergrund",
    backgrounds: { keep: "Vom Foto", blur: "Unscharf", colour: "Farbe" },
    colour: "Farbe des Hintergrunds",
    emotion: "Gefühl",
    emotions: {
      neutral: "Neutral",
      happy: "Fröhlich",
      sad: "Traurig",
      angry: "Wütend",
      surprised: "Überrascht",
      calm: "Ruhig",
    },
    liveliness: "Lebendigkeit",
    still: "Still",
    natural: "Natürlich",
    vivid: "Lebhaft",
    seed: "Startwert",
    otherSeed: "Anderer Startwert",
    captions: "Untertitel",
    captionModes: { none: "Keine", burned: "Im Bild", file: "Als Dateien" },
    captionsAbout: {
      none: "Das Video hat keine Untertitel.",
      burned: "Die Wörter werden ins Video gezeichnet, während sie gesprochen werden.",
      file: "Sie bekommen SRT- und WebVTT-Dateien neben dem Video.",
    },
  },
  draftNotSaved:
    "Dieser Browser kann keine Entwürfe speichern. Ihr Entwurf geht verloren, wenn Sie die Seite neu laden.",
};
