/** What is said while a session is on its way. */
export const PHASES: Readonly<Record<string, string>> = {
  creating: "Opening the session",
  connecting: "Joining the room",
  connected: "Waiting for the avatar",
  reconnecting: "Connection lost, mending it",
};
