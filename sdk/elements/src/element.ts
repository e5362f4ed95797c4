import {
  type ApiSessionInfo,
  AvatarSession,
  type CallLabels,
  type ConversationOptions,
  defaultLabels,
  type SessionEvents,
  type SessionInfo,
  sessionForm,
} from "@visavis/core";
import styles from "@visavis/core/call.css?inline";
import { View } from "./view.js";

const EVENTS = ["avatarSpeaking", "userSpeaking", "transcript", "connection", "ended"] as const;

/**
 * `<visavis-avatar endpoint="/api/session">`: a call with an avatar on any page.
 *
 * | attribute | |
 * |---|---|
 * | `endpoint` | where your backend creates sessions (`POST`) and ends them (`DELETE …/ID`) |
 * | `face-url` | https URL of a photo; the default face without it |
 * | `poster` | a picture that is shown until the avatar's own is there |
 * | `greeting` | the avatar listens and answers, and begins with this sentence |
 * | `conversation` | the avatar listens and answers |
 * | `language`, `voice` | of the conversation |
 * | `push-to-talk` | the microphone is open only while its button is pressed |
 * | `chat` | shows a field for messages |
 * | `no-captions` | hides captions |
 * | `autostart` | starts without a click; browsers may block its sound |
 *
 * The events of a session are events of the element in lower case, with their `detail`: `avatarspeaking`,
 * `userspeaking`, `transcript`, `connection` and `ended`.
 *
 * @public
 */
export class VisavisAvatarElement extends HTMLElement {
  /** Other texts than the English ones; set them before the element is in the page. */
  labels: Partial<CallLabels> = {};
  /** What the conversation is to be like, beyond what attributes say. */
  conversation: ConversationOptions | null = null;
  /** Creates a session; by default with a request to `endpoint`. */
  createSession: (
    face: File | null,
    faceUrl: string | null,
    conversation: ConversationOptions | null,
  ) => Promise<SessionInfo | ApiSessionInfo> = async (face, faceUrl, conversation) => {
    const body = sessionForm(face, faceUrl, conversation);
    return (await fetch(this.#endpoint, { method: "POST", body })).json();
  };
  /** Ends a session; by default with a request to `endpoint`. */
  deleteSession: (sessionId: string) => Promise<unknown> = (sessionId) =>
    fetch(`${this.#endpoint}/${encodeURIComponent(sessionId)}`, { method: "DELETE", keepalive: true });

  readonly #session: AvatarSession;
  #view: View | null = null;

  constructor() {
    super();
    const readConversation = () => this.#conversation;
    const wantsMicrophone = () => readConversation() !== null || this.hasAttribute("push-to-talk");
    this.#session = new AvatarSession({
      createSession: (face, faceUrl, conversation) => this.createSession(face, faceUrl, conversation),
      deleteSession: (sessionId) => this.deleteSession(sessionId),
      get conversation() {
        return readConversation();
      },
      get autoEnableMic() {
        return wantsMicrophone();
      },
    });
    for (const event of EVENTS) this.#session.on(event, (detail) => this.#dispatch(event, detail));
    this.attachShadow({ mode: "open" });
  }

  /** The session of the element, with everything that it can do. */
  get session(): AvatarSession {
    return this.#session;
  }

  /** Starts the session. */
  start(): Promise<void> {
    return this.#session.connect(null, this.getAttribute("face-url"));
  }

  connectedCallback(): void {
    const style = document.createElement("style");
    style.textContent = styles;
    this.#view = new View(this.#session, {
      labels: { ...defaultLabels, ...this.labels },
      poster: this.getAttribute("poster") ?? undefined,
      pushToTalk: this.hasAttribute("push-to-talk"),
      captions: !this.hasAttribute("no-captions"),
      chat: this.hasAttribute("chat"),
      onStart: () => void this.start(),
    });
    this.shadowRoot?.replaceChildren(style, this.#view.root);
    if (this.hasAttribute("autostart")) void this.start();
  }

  disconnectedCallback(): void {
    this.#view?.close();
    this.#view = null;
    // An element that is only moved is back in the page by now.
    queueMicrotask(() => this.isConnected || void this.#session.disconnect());
  }

  get #endpoint(): string {
    const endpoint = this.getAttribute("endpoint");
    if (endpoint === null) throw new Error("<visavis-avatar> needs the attribute endpoint.");
    return endpoint.replace(/\/$/, "");
  }

  get #conversation(): ConversationOptions | null {
    const read = (name: string) => this.getAttribute(name) ?? undefined;
    const wanted =
      this.conversation !== null || this.hasAttribute("conversation") || this.hasAttribute("greeting");
    if (!wanted) return null;
    const fromAttributes = { greeting: read("greeting"), language: read("language"), voice: read("voice") };
    return { ...fromAttributes, ...this.conversation };
  }

  #dispatch<E extends keyof SessionEvents>(event: E, detail: SessionEvents[E]): void {
    this.dispatchEvent(new CustomEvent(event.toLowerCase(), { detail, bubbles: true, composed: true }));
  }
}
