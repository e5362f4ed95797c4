import { type AudioDevices, listDevices } from "./audio/devices.js";
import type { AudioInput } from "./audio/input.js";
import type { Speaker } from "./audio/level.js";
import type { AudioPlaybackHandle } from "./audio/playback.js";
import { pushToTalk } from "./audio/push-to-talk.js";
import type { Connection } from "./connection.js";
import { checkAnswer } from "./credentials.js";
import { asSessionError, SessionError } from "./errors.js";
import type { SessionEvents } from "./events.js";
import { Lifecycle } from "./lifecycle.js";
import { messages } from "./messages.js";
import type { AvatarSessionOptions } from "./options.js";
import { Stage } from "./stage.js";
import type { SessionState } from "./state.js";
import { Store } from "./store.js";

/**
 * A live avatar in a page: creates a session on the backend, joins its room, shows the avatar, sends it
 * audio, and cleans up.
 *
 * Errors of the session are in its state; methods do not reject for them. Methods that send audio or
 * text reject with a {@link SessionError} if they cannot.
 *
 * @public
 */
export class AvatarSession {
  readonly #options: AvatarSessionOptions;
  readonly #stage = new Stage();
  readonly #store = new Store();
  readonly #lifecycle: Lifecycle;

  /** Creates the object; `connect` starts the session. */
  constructor(options: AvatarSessionOptions) {
    this.#options = options;
    this.#lifecycle = new Lifecycle(options, this.#store, this.#stage);
  }

  /** The current state. The same object until something changes. */
  getState = (): SessionState => this.#store.state;

  /** Calls a listener after every change. Returns a function that unsubscribes. */
  subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  /** Calls a listener at every event of a kind, of this session and later ones. Returns a function that unsubscribes. */
  on<E extends keyof SessionEvents>(event: E, listener: (detail: SessionEvents[E]) => void): () => void {
    return this.#store.events.add(event, listener);
  }

  /** Shows the avatar inside an element; `null` removes it from the page. */
  setContainer(container: HTMLElement | null): void {
    this.#stage.setContainer(container);
  }

  /**
   * Starts a session. If one is running, nothing changes.
   *
   * @param face - A photo; `null` for `faceUrl` or the default face.
   * @param faceUrl - The https URL of a photo.
   * @param options - `signal`: ends the session when it is aborted. Before the backend was asked, nothing is created;
   *   what it creates after that is deleted as soon as it is there.
   * @returns Resolves when connected, failed or cancelled; the state says which.
   */
  connect(
    face: File | null = null,
    faceUrl: string | null = null,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    return this.#lifecycle.connect(face, faceUrl, signal);
  }

  /** Ends the session in any phase. Resolves when the backend has been called. */
  disconnect(): Promise<void> {
    return this.#lifecycle.disconnect();
  }

  /** Turns the microphone on or off. Errors are in the state's `error`. */
  async setMicEnabled(enabled: boolean): Promise<void> {
    await this.#lifecycle.microphone?.setEnabled(enabled);
  }

  /**
   * Lets the user speak only while a button is pressed, by mouse, finger, space bar or Enter.
   *
   * @returns A function that takes the button back. The microphone stays closed until `setMicEnabled`.
   */
  pushToTalk(button: HTMLElement): () => void {
    const release = pushToTalk(button, async (talking) => {
      if (this.#store.state.status === "connected") await this.setMicEnabled(talking);
    });
    this.#lifecycle.talkButtons += 1;
    if (!this.#store.state.muted) void this.setMicEnabled(false);
    return () => {
      this.#lifecycle.talkButtons -= 1;
      release();
    };
  }

  /**
   * Lists microphones and loudspeakers.
   *
   * @param options - `ask`: asks for the microphone first if the user has not allowed it yet, so that devices have
   *   names. Rejects when the user says no.
   */
  listDevices({ ask = false }: { ask?: boolean } = {}): Promise<AudioDevices> {
    return listDevices(ask);
  }

  /** Uses another microphone, now and in later sessions; `null` for the browser's choice. Errors are in the state. */
  async setMicrophone(deviceId: string | null): Promise<void> {
    const { connection, microphone } = this.#lifecycle;
    const use = () => connection?.use("audioinput", deviceId) ?? Promise.resolve();
    if (microphone && !(await microphone.attempt(use))) return;
    this.#store.set({ microphoneId: deviceId });
  }

  /** Uses another loudspeaker, now and in later sessions; `null` for the browser's choice. Errors are in the state. */
  async setSpeaker(deviceId: string | null): Promise<void> {
    try {
      await this.#lifecycle.connection?.use("audiooutput", deviceId);
      this.#store.set({ speakerId: deviceId });
    } catch (error) {
      this.#store.set({ error: asSessionError(error, "speaker_failed", messages.speakerFailed) });
    }
  }

  /** Loudness now, 0 (-60 dB or less) to 1 (0 dB), for a meter that asks at every frame. */
  level(who: Speaker = "user"): number {
    return this.#lifecycle.connection?.level(who) ?? 0;
  }

  /**
   * Changes the avatar's face, with a crossfade.
   *
   * @throws SessionError `not_connected`, `swap_failed`, or the API's code if it refused the face.
   */
  async swapFace(face: File | null, faceUrl: string | null = null): Promise<void> {
    this.#lifecycle.connected();
    const { updateSession } = this.#options;
    if (updateSession === undefined) throw new SessionError("swap_failed", messages.swapNotPossible);
    try {
      checkAnswer(await updateSession(this.#store.state.sessionId ?? "", face, faceUrl));
    } catch (error) {
      throw asSessionError(error, "swap_failed", messages.swapFailed);
    }
  }

  /**
   * Sets the avatar's volume for this user.
   *
   * @param volume - 0 to 100; other values are clamped.
   */
  setVolume(volume: number): void {
    const inside = Math.min(100, Math.max(0, Number.isFinite(volume) ? volume : 100));
    this.#stage.setVolume(inside / 100);
    this.#store.set({ volume: inside });
  }

  /**
   * Sends a text to the agent behind the avatar, as if the user had said it.
   *
   * @throws SessionError `not_connected`, `not_allowed`, `no_agent` or `send_failed`.
   */
  async sendChat(text: string): Promise<void> {
    const { texts } = this.#lifecycle.connected();
    const { timestamp, id } = await this.#send(() => texts.chat(text));
    this.#store.addMessage({ id, role: "user", text, final: true, timestamp });
  }

  /**
   * Has the avatar speak a text word for word, with a voice of the server. Resolves when the text was accepted.
   *
   * @throws SessionError `not_connected`, `not_allowed`, `send_failed`, the server's code if it refused the text,
   * or `not_spoken` if nothing in the room speaks texts.
   */
  async sayText(text: string): Promise<void> {
    const { texts } = this.#lifecycle.connected();
    await this.#send(() => texts.say(text));
  }

  /**
   * Has the avatar speak a text word for word, also one that is still being written, as by a language model: it is
   * sent sentence by sentence. Texts are spoken one after the other.
   *
   * @returns Resolves when the text was accepted: `true`, or `false` if `interrupt` came first.
   * @throws SessionError as `sayText`.
   */
  async speakText(text: string | AsyncIterable<string>): Promise<boolean> {
    const { texts } = this.#lifecycle.connected();
    return this.#send(() => texts.speak(text));
  }

  /**
   * Has the avatar speak audio, on a track that stays for the whole session.
   *
   * The track is never republished, so the avatar never freezes. Overlapping audio is mixed. To play one
   * after the other, wait for `finished`.
   *
   * @throws SessionError `not_connected`, `not_allowed`, `invalid_audio` or `publish_failed`.
   */
  speak(audio: AudioInput): Promise<AudioPlaybackHandle> {
    return this.#publishing((connection) => connection.voices.speak(audio));
  }

  /**
   * Has the avatar speak audio, on a separate track that is removed afterwards.
   *
   * Stops the audio published before, and mutes the microphone meanwhile. {@link AvatarSession.speak} is
   * smoother.
   *
   * @throws SessionError `not_connected`, `not_allowed`, `invalid_audio` or `publish_failed`.
   */
  async publishAudio(audio: AudioInput): Promise<AudioPlaybackHandle> {
    const release = await this.#pauseMicrophone();
    try {
      const playback = await this.#publishing((connection) => connection.voices.publish(audio));
      playback.finished.then(release, release);
      return playback;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Publishes the persistent track now, so that the first {@link AvatarSession.speak} does not wait for it. */
  async openVoice(): Promise<void> {
    await this.#publishing((connection) => connection.voices.open());
  }

  /** Stops the avatar at once: audio, texts, and answers. */
  interrupt(): void {
    const connection = this.#lifecycle.connection;
    if (!connection || this.#store.state.status !== "connected") return;
    connection.voices.interrupt();
    connection.texts.interrupt().catch((error: unknown) => {
      this.#store.set({ error: asSessionError(error, "send_failed", messages.sendFailed) });
    });
  }

  /** Plays audio that the browser blocked. Call it from a click of the user when `audioBlocked` is set. */
  async startAudio(): Promise<void> {
    await this.#lifecycle.connected().startAudio();
  }

  /** Mutes the microphone until the last audio that asked for it has ended. */
  async #pauseMicrophone(): Promise<() => void> {
    this.#lifecycle.connected();
    const { microphone } = this.#lifecycle;
    return microphone === undefined ? () => undefined : microphone.pause(this.#store.state.muted);
  }

  async #publishing<T>(speak: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#lifecycle.connected();
    if (!connection.canPublish) throw new SessionError("not_allowed", messages.notAllowed);
    return speak(connection);
  }

  async #send<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw asSessionError(error, "send_failed", messages.sendFailed);
    }
  }
}
