/** The viewers' player. */
export const player = {
  title: "Live avatar",
  playAudio: "Play audio",
  mute: "Mute",
  unmute: "Unmute",
  fullScreen: "Full screen",
  exitFullScreen: "Exit full screen",
  ended: "This session has ended.",
  unavailable: "This link is invalid or has expired.",
};
