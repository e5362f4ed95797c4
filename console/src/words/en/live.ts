/** Live sessions: the page, the player on other pages, and invitations. */

export const live = {
  about: "Speak through a live avatar, or talk with it.",
  preview: "Preview",
  setup: "Setup",
  controls: "Session controls",
  phases: {
    creating: "Creating session…",
    connecting: "Connecting…",
    connected: "Waiting for the avatar…",
    reconnecting: "Reconnecting…",
  },
  waiting: "Waiting…",
  playAudio: "Play audio",
  mute: "Mute",
  unmute: "Unmute",
  volume: "Volume",
  invite: "Invite",
  end: "End session",
  endShort: "End",
  start: "Start session",
  starting: "Starting…",
  billing:
    "You are billed per second from when the avatar appears until you end the session. It keeps running while you visit other pages.",
  noCapacity: "All live slots are in use",
  failed: "The session failed",
  ended: "Session ended",
  endedText: (duration: string, cost: string) => `Duration ${duration}, cost ${cost}.`,
  endedToast: (detail: string) => `Session ended. ${detail}`,
  miniPlayer: "Live session",
  goBack: "Back to the live session",

  speech: {
    title: "Speech",
    sources: "Speech source",
    source: { text: "Text", file: "Audio" },
    text: "Text to speak",
    placeholder: "Enter a text, then press Enter",
    submit: "Speak",
    drop: "Drop an audio file here to play it.",
    failed: "Could not speak this",
    history: "Spoken",
    stop: "Stop",
  },
  face: {
    hint: "The new face appears without interrupting the session.",
    changing: "Changing the face…",
    changed: "Face changed",
    failed: "Could not change the face",
  },
  stats: {
    title: "Statistics",
    latency: "Latency (ms)",
    networkAndBuffer: "Network and buffer",
    offset: "Lips behind audio (ms)",
    offsetSeries: "Offset",
    bitrate: "Bitrate (kbit/s)",
    video: "Video",
    audio: "Audio",
    value: (name: string, value: string) => `${name}: ${value}`,
    noData: "no data",
    now: (values: string) => `Now: ${values}`,
  },
};

export const invite = {
  title: "Invite viewers",
  about:
    "Anyone with this link can see and hear the avatar without an account. The link works until the session ends.",
  failed: "Could not create a link",
  loopback: "This link works only on this machine",
  loopbackText: (host: string) =>
    `On every machine, ${host} is that machine itself. Set \`VISAVIS_PUBLIC_URL\` to the public URL of this server, then restart it.`,
  link: "link",
  obs: "In OBS, add a browser source with this URL. The page has a transparent background.",
  open: "Open link",
};
