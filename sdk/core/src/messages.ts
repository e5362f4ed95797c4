/**
 * Every text of this package that people may read. A page that speaks another language shows its own text for an
 * error's `code`.
 */
export const messages = {
  createFailed: "Could not create the session",
  createRejected: (code: string) => `The server rejected the session: ${code}.`,
  createReturned: (missing: string) => `createSession did not return ${missing}.`,
  createMustReturn: "createSession must return sessionId, livekitUrl and token.",
  deleteFailed: "Could not end the session. It may still be running",
  swapFailed: "Could not change the face",
  swapNotPossible: "Pass updateSession to change the face.",
  getFailed: "Could not find out why the session ended",

  tokenRefused:
    "The room rejected the token. It may have expired, or the session may have ended. Create a new session.",
  connectFailed: "Could not connect to the room",
  notConnected: "No session is connected. Call connect() and wait for it.",
  notAllowed: "This token does not allow sending audio.",
  over: "The session has ended.",
  sendFailed: "Could not send the text",
  textNotAllowed: "This token does not allow sending text.",
  noAgent: "Nothing in this session answers. Create it with the mode conversation, or start your own agent.",
  notSpoken: "Nothing in this session speaks text.",

  microphoneDenied: "The browser blocked the microphone. Allow access in the site settings, then try again.",
  microphoneMissing: "No microphone found. Connect one, then try again.",
  microphoneBusy: "Another program is using the microphone. Close it, then try again.",
  microphoneFailed: "Could not use the microphone",
  speakerFailed: "Could not use the loudspeaker",
  microphoneLost: "The microphone was disconnected. Connect one, then turn it on again.",

  audioFailed: "Could not send the audio",
  audioStreamFailed: "The audio stream failed",
  audioEmpty: "The audio is empty.",
  audioUnreadable:
    "Could not decode the audio. Use a format that the browser can play: WAV, MP3, OGG, FLAC or M4A.",
  audioOfNoKind:
    "Pass the audio as base64, Blob, ArrayBuffer, Uint8Array, AudioBuffer, MediaStreamTrack or PcmStream.",
  audioNotBase64: "The string is not base64.",
  audioWrongTrack: "The track is not an audio track.",
  audioTrackEnded: "The track has ended.",
  audioRate: "rateHz must be between 8000 and 96000.",
  audioChannels: "channels must be 1 or 2.",

  /** Why the server ended a session, by the API's `end_reason`. */
  endReasons: {
    idle_timeout: "The session ended because it was idle.",
    max_duration: "The session reached its maximum duration.",
    room_lost: "The avatar lost its connection to the room.",
    worker_lost: "The server that rendered the avatar failed.",
    failed: "The avatar failed.",
  } as Readonly<Record<string, string>>,
  endedByServer: "The server ended the session.",
  removed: "You were removed from the session.",
  joinedElsewhere: "The session was opened in another place with the same token.",
  serverShutdown: "The server is shutting down. Try again.",
  connectionLost: "The connection was lost. Try again.",

  /** A text, with what another program said about it. */
  withDetail: (text: string, detail: string) => `${text}: ${detail}`,
};
