import { AvatarSession } from "@visavis/core";

const find = (id) => document.getElementById(id);

const session = new AvatarSession({
  createSession: async () => (await fetch("/api/session", { method: "POST" })).json(),
  deleteSession: (id) => fetch(`/api/session/${id}`, { method: "DELETE", keepalive: true }),
  getSession: async (id) => (await fetch(`/api/session/${id}`)).json(),
});
session.setContainer(find("avatar"));

/** Whether what is going on lets the visitor talk to Ada. */
const isConnected = () => session.getState().status === "connected";

session.subscribe(() => {
  const { status, phase, error, endReason, muted, audioBlocked, isSpeaking } = session.getState();
  const texts = {
    connecting: "Ada is on her way…",
    disconnected: endReason ?? "Thank you for your visit.",
    error: error?.message,
  };
  const text = phase === "reconnecting" ? "Reconnecting…" : texts[status];
  find("cover").hidden = isConnected() && !audioBlocked && phase !== "reconnecting";
  find("status").textContent = text ?? "";
  find("start").hidden = status === "connecting" || phase === "reconnecting";
  find("start").textContent = audioBlocked
    ? "Play audio"
    : status === "idle"
      ? "Talk to Ada"
      : "Talk to Ada again";
  find("controls").hidden = !isConnected();
  find("mute").textContent = muted ? "Unmute" : "Mute";
  find("mute").setAttribute("aria-pressed", String(muted));
  find("stop").disabled = !isSpeaking;
  find("avatar").dataset.speaking = String(isSpeaking);
  if (isConnected()) find("notice").textContent = error?.message ?? "";
  if (!isConnected()) find("caption").hidden = true;
});

session.on("connection", ({ quality, latencyMs }) => {
  find("line").textContent = quality === null ? "" : `Connection: ${quality}, ${latencyMs} ms`;
});

/** The chat has every message; the picture has what Ada says, while she says it. */
session.on("transcript", ({ id, role, text, final }) => {
  find("hint").hidden = true;
  const log = find("messages");
  let message = log.querySelector(`[data-id="${CSS.escape(`${role} ${id}`)}"]`);
  if (message === null) {
    message = document.createElement("p");
    message.dataset.id = `${role} ${id}`;
    message.className = role;
    log.append(message);
  }
  message.textContent = text;
  message.classList.toggle("final", final);
  log.scrollTop = log.scrollHeight;
  if (role === "agent") {
    find("caption").hidden = false;
    find("caption").textContent = text;
  }
});
session.on("avatarSpeaking", (speaking) => {
  if (!speaking) find("caption").hidden = true;
});

/** Settles when Ada has greeted to the end, or when there is nobody to wait for any more. */
function greeting() {
  const isGreeted = ({ role, final }) => role === "agent" && final;
  if (session.getState().messages.some(isGreeted)) return Promise.resolve();
  return new Promise((resolve) => {
    const stops = [
      session.on("transcript", (message) => isGreeted(message) && done()),
      session.on("ended", () => done()),
    ];
    const done = () => {
      for (const stop of stops) stop();
      resolve();
    };
  });
}

/** Asks Ada, who comes if she is not there. What she says at that moment is cut off. */
async function askAda(text) {
  find("notice").textContent = "";
  if (!isConnected()) await session.connect();
  if (isConnected()) await greeting();
  if (!isConnected()) return;
  try {
    await session.sendChat(text);
  } catch (error) {
    find("notice").textContent = error.message;
  }
}

find("start").addEventListener("click", () => (isConnected() ? session.startAudio() : session.connect()));
find("end").addEventListener("click", () => session.disconnect());
find("stop").addEventListener("click", () => session.interrupt());
find("mute").addEventListener("click", () => session.setMicEnabled(session.getState().muted));
find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = find("text").value.trim();
  if (text === "") return;
  find("text").value = "";
  askAda(text);
});
for (const button of find("suggestions").children)
  button.addEventListener("click", () => askAda(button.textContent));
