import { ConnectionState, type DisconnectReason } from "livekit-client";
import type { AudioInput } from "./audio/input.js";
import type { AudioPlaybackHandle } from "./audio/playback.js";
import { Connection, type ConnectionListener } from "./connection.js";
import { readSessionInfo, type SessionInfo } from "./credentials.js";
import { describeEnding, endReasonText } from "./endings.js";
import { asSessionError, joinError, microphoneError, SessionError } from "./errors.js";
import { messages } from "./messages.js";
import type { AvatarSessionOptions } from "./options.js";
import { nextPhase, type PhaseEvent, statusOf } from "./phase.js";
import { Stage } from "./stage.js";
import type { SessionState } from "./state.js";
import { mergeMessage } from "./transcript.js";

/** One try at a session, from asking for it to having left it. Whose try is not the current one is late. */
interface Attempt {
  /** The session that the backend created; `null` when it did not. Never rejects. */
  created: Promise<SessionInfo | null>;
  connection: Connection | null;
  /** Sounds on tracks of their own that are not over. */
  sounds: number;
  /** Whether the microphone was silenced for them, and not by the user. */
  micPaused: boolean;
  /** Settles when connected, failed or given up. Never rejects. */
  done: Promise<void>;
}

const DISCONNECTED = { room: null, muted: true, latency: 0, audioBlocked: false } as const;

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
  readonly #listeners = new Set<() => void>();
  readonly #stage = new Stage();
  #state: SessionState = {
    phase: "idle",
    status: "idle",
    error: null,
    endReason: null,
    sessionId: null,
    messages: [],
    volume: 100,
    ...DISCONNECTED,
  };
  #attempt: Attempt | null = null;
  /** Settles when everything that was left is gone. Never rejects. */
  #leaving: Promise<unknown> = Promise.resolve();

  /** Creates the object; `connect` starts the session. */
  constructor(options: AvatarSessionOptions) {
    this.#options = options;
  }

  /** The current state. The same object until something changes. */
  getState = (): SessionState => this.#state;

  /** Calls a listener after every change. Returns a function that unsubscribes. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows the avatar inside an element; `null` removes it from the page. */
  setContainer(container: HTMLElement | null): void {
    this.#stage.setContainer(container);
  }

  /**
   * Starts a session. If one is running, nothing changes.
   *
   * @param face - A photo; `null` for `faceUrl` or the default face.
   * @param faceUrl - The https URL of a photo.
   * @returns Resolves when connected, failed or cancelled; the state says which.
   */
  connect(face: File | null = null, faceUrl: string | null = null): Promise<void> {
    if (this.#attempt !== null) return this.#attempt.done;
    const attempt: Attempt = {
      created: Promise.resolve(null),
      connection: null,
      sounds: 0,
      micPaused: false,
      done: Promise.resolve(),
    };
    this.#attempt = attempt;
    this.#advance("create", { error: null, endReason: null, sessionId: null, messages: [], ...DISCONNECTED });
    globalThis.addEventListener?.("pagehide", this.#onPageHide);
    attempt.created = this.#create(attempt, face, faceUrl);
    attempt.done = this.#join(attempt);
    return attempt.done;
  }

  /** Ends the session in any phase. Resolves when the backend has been called. */
  async disconnect(): Promise<void> {
    if (this.#attempt !== null) this.#leave(this.#attempt, { mayStillRun: true });
    this.#advance("end");
    await this.#leaving;
  }

  /** Turns the microphone on or off. Errors are in the state's `error`. */
  async setMicEnabled(enabled: boolean): Promise<void> {
    if (this.#attempt !== null) this.#attempt.micPaused = false; // the user's choice outlasts the audio
    await this.#switchMicrophone(enabled);
  }

  /**
   * Sets the avatar's volume for this user.
   *
   * @param volume - 0 to 100; other values are clamped.
   */
  setVolume(volume: number): void {
    const inside = Math.min(100, Math.max(0, Number.isFinite(volume) ? volume : 100));
    this.#stage.setVolume(inside / 100);
    this.#set({ volume: inside });
  }

  /**
   * Sends a text to the agent behind the avatar, as if the user had said it.
   *
   * @throws SessionError `not_connected`, `not_allowed`, `no_agent` or `send_failed`.
   */
  async sendChat(text: string): Promise<void> {
    const { texts } = this.#connected();
    const { timestamp, id } = await this.#send(() => texts.chat(text));
    this.#set({
      messages: mergeMessage(this.#state.messages, { id, role: "user", text, final: true, timestamp }),
    });
  }

  /**
   * Has the avatar speak a text word for word, with a voice of the server. Resolves when the text was accepted.
   *
   * @throws SessionError `not_connected`, `not_allowed`, `send_failed`, the server's code if it refused the text,
   * or `not_spoken` if nothing in the room speaks texts.
   */
  async sayText(text: string): Promise<void> {
    const { texts } = this.#connected();
    await this.#send(() => texts.say(text));
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

  /** Stops all audio at once. */
  interrupt(): void {
    this.#attempt?.connection?.voices.interrupt();
  }

  /** Plays audio that the browser blocked. Call it from a click of the user when `audioBlocked` is set. */
  async startAudio(): Promise<void> {
    await this.#connected().startAudio();
  }

  async #switchMicrophone(enabled: boolean): Promise<void> {
    const attempt = this.#attempt;
    try {
      await this.#connected().setMicrophone(enabled);
      if (this.#isCurrent(attempt) && this.#state.error?.code.startsWith("microphone_"))
        this.#set({ error: null });
    } catch (error) {
      if (this.#isCurrent(attempt)) this.#set({ error: microphoneError(error) });
    }
  }

  /** Mutes the microphone until the last audio that asked for it has ended. */
  async #pauseMicrophone(): Promise<() => void> {
    this.#connected();
    const attempt = this.#attempt;
    if (attempt === null) return () => undefined;
    attempt.sounds += 1;
    if (!this.#state.muted) {
      attempt.micPaused = true;
      await this.#switchMicrophone(false);
    }
    return () => {
      attempt.sounds -= 1;
      if (attempt.sounds > 0 || !attempt.micPaused) return;
      attempt.micPaused = false;
      if (this.#isCurrent(attempt)) void this.#switchMicrophone(true);
    };
  }

  // Creating and joining. Between any two steps the user may have left: `#isCurrent` is asked again.

  async #create(attempt: Attempt, face: File | null, faceUrl: string | null): Promise<SessionInfo | null> {
    // Also lets a disconnect in the same breath (an effect that React runs twice) come before any request.
    await this.#leaving;
    if (!this.#isCurrent(attempt)) return null;
    try {
      return readSessionInfo(
        await this.#options.createSession(face, faceUrl, this.#options.conversation ?? null),
      );
    } catch (error) {
      this.#fail(attempt, asSessionError(error, "create_failed", messages.createFailed));
      return null;
    }
  }

  async #join(attempt: Attempt): Promise<void> {
    const info = await attempt.created;
    if (info === null || !this.#isCurrent(attempt)) return;
    const connection = new Connection(this.#stage, this.#listen(attempt));
    attempt.connection = connection;
    this.#advance("created", { sessionId: info.sessionId, room: connection.room });
    try {
      await connection.join(info.livekitUrl, info.token);
    } catch (error) {
      this.#fail(attempt, joinError(error));
    }
    if (!this.#isCurrent(attempt)) return;
    this.#advance("joined");
    if (connection.room.state === ConnectionState.Disconnected) this.#onEnded(attempt, undefined);
    if (!this.#isCurrent(attempt)) return;
    if (this.#stage.hasVideo) this.#advance("video_added");
    if ((this.#options.autoEnableMic ?? true) && connection.canPublish) await this.setMicEnabled(true);
  }

  /** Listens to an attempt's connection, only while the attempt is the current one. */
  #listen(attempt: Attempt): ConnectionListener {
    const whileCurrent =
      <Args extends unknown[]>(listener: (...args: Args) => void) =>
      (...args: Args) => {
        if (this.#isCurrent(attempt)) listener(...args);
      };
    return {
      onVideo: whileCurrent((present) => this.#advance(present ? "video_added" : "video_removed")),
      onConnection: whileCurrent((line) => this.#advance(line === "lost" ? "reconnecting" : "reconnected")),
      onDisconnected: whileCurrent((reason) => this.#onEnded(attempt, reason)),
      onMicrophone: whileCurrent((muted) => this.#set({ muted })),
      onMicrophoneLost: whileCurrent(() => {
        this.#set({ error: new SessionError("microphone_lost", messages.microphoneLost) });
      }),
      onMessage: whileCurrent((message) => {
        this.#set({ messages: mergeMessage(this.#state.messages, message) });
      }),
      onAudioBlocked: whileCurrent((audioBlocked) => this.#set({ audioBlocked })),
      onLatency: whileCurrent((latency) => this.#set({ latency })),
    };
  }

  // Leaving.

  #onEnded(attempt: Attempt, reason: DisconnectReason | undefined): void {
    // While joining, the rejected promise says the same and more.
    if (this.#state.phase === "connecting") return;
    const ending = describeEnding(reason);
    if (ending.error !== null) this.#fail(attempt, ending.error, ending);
    else {
      this.#leave(attempt, ending);
      this.#advance("end", { endReason: ending.reason });
      void this.#fetchEndReason(this.#state.sessionId);
    }
  }

  /** The room only knows that it was closed. The API knows why. */
  async #fetchEndReason(sessionId: string | null): Promise<void> {
    if (sessionId === null || this.#options.getSession === undefined) return;
    try {
      const { end_reason: code } = await this.#options.getSession(sessionId);
      const stillShown = this.#state.phase === "ended" && this.#state.sessionId === sessionId;
      if (stillShown && code) this.#set({ endReason: endReasonText(code) });
    } catch (error) {
      this.#set({ error: asSessionError(error, "get_failed", messages.getFailed) });
    }
  }

  #fail(attempt: Attempt, error: SessionError, { mayStillRun } = { mayStillRun: true }): void {
    if (!this.#isCurrent(attempt)) return;
    this.#leave(attempt, { mayStillRun });
    this.#advance("fail", { error, endReason: error.message });
  }

  #leave(attempt: Attempt, { mayStillRun }: { mayStillRun: boolean }): void {
    this.#attempt = null;
    globalThis.removeEventListener?.("pagehide", this.#onPageHide);
    this.#set(DISCONNECTED);
    // In parallel: a page that is being left has little time.
    this.#leaving = Promise.all([
      this.#leaving,
      attempt.connection?.close(),
      mayStillRun ? this.#delete(attempt.created) : null,
    ]);
  }

  async #delete(created: Promise<SessionInfo | null>): Promise<void> {
    const info = await created;
    if (info === null) return;
    try {
      await this.#options.deleteSession?.(info.sessionId);
    } catch (error) {
      // If the next session has started, errors of the last one do not matter.
      if (this.#attempt !== null || this.#state.error !== null) return;
      this.#set({
        error: asSessionError(error, "delete_failed", messages.deleteFailed),
      });
    }
  }

  #onPageHide = (): void => {
    if (this.#options.autoCleanup ?? true) void this.disconnect();
  };

  // Helpers.

  #isCurrent(attempt: Attempt | null): boolean {
    return attempt !== null && attempt === this.#attempt;
  }

  #connected(): Connection {
    const connection = this.#attempt?.connection;
    if (!connection || this.#state.status !== "connected") {
      throw new SessionError("not_connected", messages.notConnected);
    }
    return connection;
  }

  async #publishing<T>(speak: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#connected();
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

  #advance(event: PhaseEvent, change: Partial<SessionState> = {}): void {
    const phase = nextPhase(this.#state.phase, event);
    this.#set({ ...change, phase, status: statusOf(phase) });
  }

  #set(change: Partial<SessionState>): void {
    const known = this.#state;
    if (Object.entries(change).every(([name, value]) => Object.is(known[name as keyof SessionState], value)))
      return;
    this.#state = { ...known, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}
