import type { AudioDevice, AvatarSession, CallLabels, SessionState, TranscriptMessage } from "@visavis/core";
import { make, microphoneIcon, show } from "./dom.js";

/** What a call shows. */
export interface ViewOptions {
  labels: CallLabels;
  poster: string | undefined;
  pushToTalk: boolean;
  captions: boolean;
  chat: boolean;
  onStart: () => void;
}

/** How many messages captions show. */
const MAX_CAPTIONS = 2;

/** The elements of one call, and what they do. */
export class View {
  readonly root: HTMLElement;
  readonly #session: AvatarSession;
  readonly #options: ViewOptions;
  readonly #release: (() => void)[] = [];
  readonly #video = make("div", { class: "visavis-video" });
  readonly #poster: HTMLImageElement;
  readonly #avatar: HTMLElement;
  readonly #overlayText = make("p", { role: "status" });
  readonly #overlayButton = make("button", {
    type: "button",
    class: "visavis-button",
    "data-kind": "primary",
  });
  readonly #overlay = make("div", { class: "visavis-overlay" }, this.#overlayText, this.#overlayButton);
  readonly #captions: HTMLElement;
  readonly #notice = make("p", { class: "visavis-notice", role: "alert" });
  readonly #microphone: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #panel: HTMLElement;
  #shown: TranscriptMessage[] = [];
  #frame = 0;

  constructor(session: AvatarSession, options: ViewOptions) {
    this.#session = session;
    this.#options = options;
    const { labels, poster } = options;
    this.#poster = make("img", { class: "visavis-poster", alt: "", src: poster });
    this.#avatar = make(
      "section",
      { class: "visavis-avatar", part: "avatar", "aria-label": labels.avatar },
      this.#poster,
      this.#video,
      this.#overlay,
    );
    this.#captions = make("div", {
      class: "visavis-captions",
      part: "captions",
      role: "log",
      "aria-label": labels.captions,
    });
    this.#microphone = make(
      "button",
      { type: "button", class: "visavis-button visavis-mic" },
      microphoneIcon(),
      options.pushToTalk ? labels.holdToTalk : labels.mute,
    );
    this.#stop = make("button", { type: "button", class: "visavis-button" }, labels.interrupt);
    const end = make("button", { type: "button", class: "visavis-button", "data-kind": "end" }, labels.end);
    const controls = make(
      "div",
      { class: "visavis-controls", part: "controls" },
      this.#microphone,
      this.#stop,
      end,
    );
    this.#panel = make("div", { class: "visavis-panel" }, this.#notice);
    if (options.chat) this.#panel.append(this.#makeChat());
    this.#panel.append(controls, this.#makeDevices());
    this.root = make("section", { class: "visavis-frame", "aria-label": labels.call }, this.#avatar);
    if (options.captions) this.root.append(this.#captions);
    this.root.append(this.#panel);

    this.#stop.addEventListener("click", () => session.interrupt());
    end.addEventListener("click", () => void session.disconnect());
    if (options.pushToTalk) this.#release.push(session.pushToTalk(this.#microphone));
    else
      this.#microphone.addEventListener("click", () => void session.setMicEnabled(session.getState().muted));
    session.setContainer(this.#video);
    this.#release.push(session.subscribe(() => this.#update(session.getState())));
    this.#update(session.getState());
  }

  /** Takes it down; the session is left as it is. */
  close(): void {
    cancelAnimationFrame(this.#frame);
    for (const release of this.#release) release();
    this.#session.setContainer(null);
    this.root.remove();
  }

  #update(state: SessionState): void {
    const { phase, status, muted, isSpeaking, error } = state;
    this.#avatar.dataset.phase = phase;
    this.#avatar.dataset.speaking = String(isSpeaking);
    show(this.#poster, this.#options.poster !== undefined && phase !== "active");
    this.#updateOverlay(state);
    show(this.#panel, status === "connected");
    show(this.#notice, error !== null);
    this.#notice.textContent = error?.message ?? "";
    this.#microphone.dataset.muted = String(muted);
    if (!this.#options.pushToTalk) this.#microphone.setAttribute("aria-pressed", String(muted));
    this.#stop.disabled = !isSpeaking;
    if (state.messages !== this.#shown) this.#updateCaptions(state.messages);
    if (!muted && this.#frame === 0) this.#updateLevel();
  }

  #updateOverlay({ phase, status, error, endReason, audioBlocked }: SessionState): void {
    const { labels, onStart } = this.#options;
    const over = status === "error" || status === "disconnected";
    let [text, button, onClick] = ["", "", onStart];
    if (status === "idle") button = labels.start;
    else if (over) [text, button] = [error?.message ?? endReason ?? labels.ended, labels.restart];
    else if (status === "connecting") text = labels.connecting;
    else if (phase === "reconnecting") text = labels.reconnecting;
    else if (audioBlocked) [button, onClick] = [labels.playAudio, () => void this.#session.startAudio()];
    show(this.#overlay, text !== "" || button !== "");
    show(this.#overlayText, text !== "");
    show(this.#overlayButton, button !== "");
    if (this.#overlayText.textContent !== text) this.#overlayText.textContent = text;
    this.#overlayButton.textContent = button;
    this.#overlayButton.onclick = onClick;
  }

  /** Screen readers hear each message once: when it is final, it comes as a new element. */
  #updateCaptions(messages: TranscriptMessage[]): void {
    this.#shown = messages;
    const { labels } = this.#options;
    const known = new Map([...this.#captions.children].map((each) => [each.getAttribute("data-key"), each]));
    const lines = messages.slice(-MAX_CAPTIONS).map(({ id, role, text, final }) => {
      const key = `${role} ${id} ${final}`;
      const line =
        known.get(key) ??
        make(
          "p",
          {
            "data-key": key,
            "data-role": role,
            "data-final": String(final),
            "aria-hidden": final ? undefined : "true",
          },
          make(
            "span",
            { class: "visavis-speaker" },
            `${role === "user" ? labels.you : labels.avatarSpeaker}: `,
          ),
          make("span"),
        );
      const words = line.lastElementChild;
      if (words !== null && words.textContent !== text) words.textContent = text;
      return line;
    });
    for (const line of [...this.#captions.children]) if (!lines.includes(line)) line.remove();
    lines.forEach((line, at) => {
      if (this.#captions.children[at] !== line)
        this.#captions.insertBefore(line, this.#captions.children[at] ?? null);
    });
  }

  #updateLevel = (): void => {
    const { muted } = this.#session.getState();
    this.#microphone.style.setProperty("--visavis-level", muted ? "0" : this.#session.level().toFixed(2));
    this.#frame = muted ? 0 : requestAnimationFrame(this.#updateLevel);
  };

  #makeChat(): HTMLFormElement {
    const { labels } = this.#options;
    const field = make("input", {
      class: "visavis-input",
      "aria-label": labels.message,
      placeholder: labels.message,
    });
    const form = make(
      "form",
      { class: "visavis-chat" },
      field,
      make("button", { type: "submit", class: "visavis-button" }, labels.send),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text === "") return;
      try {
        await this.#session.sendChat(text);
        field.value = "";
      } catch (error) {
        show(this.#notice, true);
        this.#notice.textContent = error instanceof Error ? error.message : String(error);
      }
    });
    return form;
  }

  #makeDevices(): HTMLElement {
    const { labels } = this.#options;
    const session = this.#session;
    const microphone = makeSelect(labels.microphone, (id) => void session.setMicrophone(id));
    const speaker = makeSelect(labels.speaker, (id) => void session.setSpeaker(id));
    const details = make(
      "details",
      { class: "visavis-devices" },
      make("summary", {}, labels.devices),
      microphone.root,
      speaker.root,
    );
    const list = async () => {
      const { microphones, speakers } = await session.listDevices();
      const { microphoneId, speakerId } = session.getState();
      microphone.fill(microphones, microphoneId, labels);
      speaker.fill(speakers, speakerId, labels);
    };
    details.addEventListener("toggle", () => {
      if (details.open) void list();
    });
    const onChange = () => {
      if (details.open) void list();
    };
    navigator.mediaDevices?.addEventListener("devicechange", onChange);
    this.#release.push(() => navigator.mediaDevices?.removeEventListener("devicechange", onChange));
    return details;
  }
}

/** A list of devices to choose from; not shown where there is no choice. */
function makeSelect(label: string, onChoice: (id: string | null) => void) {
  const select = make("select", { class: "visavis-select", "aria-label": label });
  select.addEventListener("change", () => onChoice(select.value || null));
  const root = make(
    "div",
    { class: "visavis-device", hidden: true },
    make("span", { "aria-hidden": "true" }, label),
    select,
  );
  const fill = (devices: AudioDevice[], chosen: string | null, labels: CallLabels) => {
    const named = devices.filter(({ id }) => id !== "" && id !== "default");
    const option = (id: string, text: string) => make("option", { value: id }, text);
    select.replaceChildren(
      option("", labels.defaultDevice),
      ...named.map(({ id, label: name }, at) => option(id, name || `${label} ${at + 1}`)),
    );
    select.value = chosen ?? "";
    show(root, named.length > 0);
  };
  return { root, fill };
}
