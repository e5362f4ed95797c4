/** Fotos, Ton und Stimmen auswählen und prüfen. */
import type { Words } from "../index.ts";

const AUDIO_FORMATS = "WAV, MP3, OGG, WebM, MP4, M4A, AAC oder FLAC";
const CHOOSE_PHOTO = "Wählen Sie ein Bild im Format PNG, JPEG oder WebP.";
const CHOOSE_AUDIO = `Wählen Sie eine Datei in einem dieser Formate: ${AUDIO_FORMATS}.`;

export const files: Words["files"] = {
  empty: "Diese Datei ist leer. Wählen Sie eine andere.",
  tooLarge: (size, max) => `Diese Datei ist zu groß (${size}). Erlaubt sind ${max}.`,
  rejected: (name) => `${name} kann nicht verwendet werden`,

  unreadablePhoto: `Diese Datei ist kein lesbares Bild. ${CHOOSE_PHOTO}`,
  wrongPhoto: (type) => `Diese Datei ist ${type}. ${CHOOSE_PHOTO}`,
  uncheckedPhoto: "Der Server konnte das Foto nicht prüfen. Er prüft es noch einmal, wenn Sie es verwenden.",

  unreadableAudio: `Diese Datei enthält keinen lesbaren Ton. ${CHOOSE_AUDIO}`,
  wrongAudio: (type) => `Diese Datei ist ${type} und kein Ton. ${CHOOSE_AUDIO}`,
  uncheckedAudio:
    "Dieser Browser kann die Datei nicht abspielen, und der Server konnte sie nicht prüfen. Er prüft sie noch einmal, wenn Sie sie verwenden.",
  serverOnlyAudio: "Dieser Browser kann die Datei nicht abspielen, aber der Server kann sie lesen.",
  unplayableAudio: "Dieser Browser kann die Datei nicht abspielen. Wählen Sie eine WAV- oder MP3-Datei.",
  audioTooLong: (duration, max) => `Dieser Ton ist zu lang (${duration}). Erlaubt sind ${max}.`,
  silentAudio: "Dieser Ton ist still. Die Lippen werden sich nicht bewegen.",
  longAudio: (duration) => `Dieser Ton ist ${duration} lang. Das Rendern dauert eine Weile.`,

  types: {
    "audio/webm": "eine WebM-Aufnahme",
    "audio/mp4": "eine MP4-Datei",
    "audio/mpeg": "eine MP3-Datei",
    "audio/amr": "eine AMR-Datei",
    "audio/aiff": "eine AIFF-Datei",
    "audio/aac": "eine AAC-Datei",
    "audio/ogg": "eine OGG-Datei",
    "video/x-msvideo": "ein AVI-Video",
    "application/pdf": "ein PDF-Dokument",
    "application/zip": "ein ZIP-Archiv",
    "text/xml": "eine XML-Datei",
    "image/svg+xml": "eine SVG-Zeichnung",
    "image/avif": "ein AVIF-Bild",
    "image/heic": "ein HEIC-Bild",
  },
  imageType: (name) => `ein ${name}-Bild`,
  otherType: (name) => `eine ${name}-Datei`,
};

export const face: Words["face"] = {
  title: "Gesicht",
  input: "Foto",
  choose: "Foto wählen",
  useDefault: "Standard verwenden",
  defaultName: "Standardporträt",
  defaultHint:
    "Ein gemaltes Gesicht, das es nicht gibt. Ziehen Sie ein Foto hierher, um Ihr eigenes zu verwenden.",
  yours: (name) => `Ihr Foto, ${name}`,
  detecting: "Das Gesicht wird gesucht…",
  found: "Gesicht gefunden",
  rejected: "Dieses Foto kann nicht verwendet werden",
  defaultNotLoaded: "Das Standardporträt konnte nicht geladen werden",
};

export const audio: Words["audio"] = {
  input: "Tondatei",
  choose: "Datei wählen",
  checking: (name) => `${name} wird geprüft…`,
  drop: `Ziehen Sie eine Tondatei hierher: ${AUDIO_FORMATS}.`,
  rejected: "Dieser Ton kann nicht verwendet werden",
};

export const recorder: Words["recorder"] = {
  prompt: "Nehmen Sie Ihre Stimme mit dem Mikrofon auf.",
  start: "Aufnahme starten",
  again: "Neu aufnehmen",
  stop: "Aufnahme beenden",
  name: "Ihre Aufnahme",
  denied:
    "Der Browser hat das Mikrofon gesperrt. Erlauben Sie den Zugriff in der Adressleiste und versuchen Sie es erneut.",
  missing: "Kein Mikrofon gefunden. Schließen Sie eines an und versuchen Sie es erneut.",
  busy: "Ein anderes Programm verwendet das Mikrofon. Schließen Sie es und versuchen Sie es erneut.",
  failed: "Das Mikrofon konnte nicht geöffnet werden.",
};

export const voice: Words["voice"] = {
  title: "Stimme",
  sources: "Quelle der Stimme",
  source: { text: "Text", file: "Ton", record: "Aufnehmen" },
  text: "Text",
  textPlaceholder: "Text, der gesprochen wird",
  firstText: "Hallo! Ich bin ein Foto, und meine Lippen folgen dem Klang dieser Stimme.",
  characters: (used, max) => `${used} von ${max} Zeichen`,
  textTooLong: (used, max) => `${used} von ${max} Zeichen: Der Text ist zu lang`,
  language: "Sprache",
  voice: "Stimme",
  default: "Standard",
  sexes: { female: "weiblich", male: "männlich" },
  name: (name, sex) => `${name}, ${sex}`,
  listen: "Anhören",
  loadingVoice: "Die Stimme wird geladen…",
  stopListening: "Stopp",
  notHeard: "Die Stimme konnte nicht abgespielt werden",
};
