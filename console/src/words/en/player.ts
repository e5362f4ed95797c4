/** The viewers' player. */
export const player = {
  title: "Live avatar",
  playAudio: "Play audio",
  ended: "This session has ended.",
  unavailable: "This link is invalid or has expired.",
};
