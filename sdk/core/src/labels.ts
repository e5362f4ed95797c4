/**
 * Every text of the components for people. Pages in another language pass their own.
 *
 * @public
 */
export interface CallLabels {
  avatar: string;
  call: string;
  start: string;
  connecting: string;
  reconnecting: string;
  ended: string;
  restart: string;
  end: string;
  mute: string;
  holdToTalk: string;
  playAudio: string;
  interrupt: string;
  devices: string;
  microphone: string;
  speaker: string;
  defaultDevice: string;
  captions: string;
  you: string;
  avatarSpeaker: string;
  message: string;
  send: string;
}

/** The texts in English. @public */
export const defaultLabels: CallLabels = {
  avatar: "Avatar",
  call: "Call with the avatar",
  start: "Start",
  connecting: "Connecting…",
  reconnecting: "Reconnecting…",
  ended: "The session has ended.",
  restart: "Start again",
  end: "End",
  mute: "Mute microphone",
  holdToTalk: "Hold to talk",
  playAudio: "Play audio",
  interrupt: "Stop",
  devices: "Microphone and speaker",
  microphone: "Microphone",
  speaker: "Speaker",
  defaultDevice: "Default",
  captions: "Captions",
  you: "You",
  avatarSpeaker: "Avatar",
  message: "Write a message",
  send: "Send",
};
