/** Choosing and checking photos, audio and voices. */

const AUDIO_FORMATS = "WAV, MP3, OGG, WebM, MP4, M4A, AAC or FLAC";
const CHOOSE_PHOTO = "Choose a PNG, JPEG or WebP image.";
const CHOOSE_AUDIO = `Choose a file in one of these formats: ${AUDIO_FORMATS}.`;

export const files = {
  empty: "This file is empty. Choose another file.",
  tooLarge: (size: string, max: string) => `This file is too large (${size}). The limit is ${max}.`,
  rejected: (name: string) => `Cannot use ${name}`,

  unreadablePhoto: `This file is not an image that can be read. ${CHOOSE_PHOTO}`,
  wrongPhoto: (type: string) => `This file is ${type}. ${CHOOSE_PHOTO}`,
  uncheckedPhoto: "The server could not check the photo. It checks it again when you use it.",

  unreadableAudio: `This file contains no audio that can be read. ${CHOOSE_AUDIO}`,
  wrongAudio: (type: string) => `This file is ${type}, not audio. ${CHOOSE_AUDIO}`,
  uncheckedAudio:
    "This browser cannot play the file, and the server could not check it. It checks it again when you use it.",
  serverOnlyAudio: "This browser cannot play the file, but the server can read it.",
  unplayableAudio: "This browser cannot play the file. Choose a WAV or MP3 file.",
  audioTooLong: (duration: string, max: string) =>
    `This audio is too long (${duration}). The limit is ${max}.`,
  silentAudio: "This audio is silent. The lips will not move.",
  longAudio: (duration: string) => `This audio is ${duration} long. Rendering takes a while.`,

  /** Types of files, by media type. */
  types: {
    "audio/webm": "a WebM recording",
    "audio/mp4": "an MP4 file",
    "audio/mpeg": "an MP3 file",
    "audio/amr": "an AMR file",
    "audio/aiff": "an AIFF file",
    "audio/aac": "an AAC file",
    "audio/ogg": "an OGG file",
    "video/x-msvideo": "an AVI video",
    "application/pdf": "a PDF document",
    "application/zip": "a ZIP archive",
    "text/xml": "an XML file",
    "image/svg+xml": "an SVG drawing",
    "image/avif": "an AVIF image",
    "image/heic": "a HEIC image",
  } as Readonly<Record<string, string>>,
  imageType: (name: string) => `a ${name} image`,
  otherType: (name: string) => `a ${name} file`,
};

export const face = {
  title: "Face",
  input: "Photo",
  choose: "Choose photo",
  useDefault: "Use default",
  defaultName: "Default portrait",
  defaultHint: "A painted face of no real person. Drop a photo here to use your own.",
  yours: (name: string) => `Your photo, ${name}`,
  detecting: "Detecting the face…",
  found: "Face found",
  rejected: "Cannot use this photo",
  defaultNotLoaded: "Could not load the default portrait",
};

export const audio = {
  input: "Audio file",
  choose: "Choose file",
  checking: (name: string) => `Checking ${name}…`,
  drop: `Drop an audio file here: ${AUDIO_FORMATS}.`,
  rejected: "Cannot use this audio",
};

export const recorder = {
  prompt: "Record your voice with the microphone.",
  start: "Start recording",
  again: "Record again",
  stop: "Stop recording",
  name: "Your recording",
  denied: "The browser blocked the microphone. Allow access in the address bar, then try again.",
  missing: "No microphone found. Connect one, then try again.",
  busy: "Another program is using the microphone. Close it, then try again.",
  failed: "Could not open the microphone.",
};

export const voice = {
  title: "Voice",
  sources: "Voice source",
  source: { text: "Text", file: "Audio", record: "Record" },
  text: "Text",
  textPlaceholder: "Enter the text to speak",
  firstText: "Hello! I am a photo, and my lips follow the sound of this voice.",
  characters: (used: string, max: string) => `${used} of ${max} characters`,
  textTooLong: (used: string, max: string) => `${used} of ${max} characters: the text is too long`,
  language: "Language",
  voice: "Voice",
  default: "Default",
  sexes: { female: "female", male: "male" },
  name: (name: string, sex: string) => `${name}, ${sex}`,
  listen: "Listen",
  loadingVoice: "Loading the voice…",
  stopListening: "Stop",
  notHeard: "Could not play the voice",
};
