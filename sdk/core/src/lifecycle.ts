import { ConnectionState, type DisconnectReason } from "livekit-client";
import { Microphone } from "./audio/microphone.js";
import { Connection, type ConnectionListener } from "./connection.js";
import { readSessionInfo, type SessionInfo } from "./credentials.js";
import { describeEnding, endReasonText } from "./endings.js";
import { asSessionError, joinError, SessionError } from "./errors.js";
import { messages } from "./messages.js";
import type { AvatarSessionOptions } from "./options.js";
import type { Stage } from "./stage.js";
import { DISCONNECTED, type Store } from "./store.js";

/** One try at a session, from asking for it to having left it. Whose try is not the current one is late. */
interface Attempt {
  /** The session that the backend created; `null` when it did not. Never rejects. */
  created: Promise<SessionInfo | null>;
  connection: Connection | null;
  microphone: Microphone;
  /** Settles when connected, failed or given up. Never rejects. */
  done: Promise<void>;
}

/** Creates sessions, joins their rooms and leaves them again, one after the other. */
export class Lifecycle {
  readonly #options: AvatarSessionOptions;
  readonly #store: Store;
  readonly #stage: Stage;
  #attempt: Attempt | null = null;
  /** Settles when everything that was left is gone. Never rejects. */
  #leaving: Promise<unknown> = Promise.resolve();
  /** How many buttons the user speaks with; with any, the microphone is closed until one is pressed. */
  talkButtons = 0;

  constructor(options: AvatarSessionOptions, store: Store, stage: Stage) {
    this.#options = options;
    this.#store = store;
    this.#stage = stage;
  }

  /** The microphone of the current session, also while it begins. */
  get microphone(): Microphone | undefined {
    return this.#attempt?.microphone;
  }

  /** The connection of the current session, also while it is made. */
  get connection(): Connection | null {
    return this.#attempt?.connection ?? null;
  }

  /**
   * The connection, if it can be used.
   *
   * @throws SessionError `not_connected`.
   */
  connected(): Connection {
    const { connection } = this;
    if (!connection || this.#store.state.status !== "connected") {
      throw new SessionError("not_connected", messages.notConnected);
    }
    return connection;
  }

  /** Starts a session, as {@link AvatarSession.connect}. */
  connect(face: File | null, faceUrl: string | null, signal: AbortSignal | undefined): Promise<void> {
    if (this.#attempt !== null) return this.#attempt.done;
    if (signal?.aborted) return Promise.resolve();
    const attempt = this.#begin();
    signal?.addEventListener("abort", () => this.#isCurrent(attempt) && void this.disconnect(), {
      once: true,
    });
    this.#store.advance("create", {
      error: null,
      endReason: null,
      sessionId: null,
      messages: [],
      ...DISCONNECTED,
    });
    globalThis.addEventListener?.("pagehide", this.#onPageHide);
    attempt.created = this.#create(attempt, face, faceUrl);
    attempt.done = this.#join(attempt);
    return attempt.done;
  }

  /** Ends the session in any phase. Resolves when the backend has been called. */
  async disconnect(): Promise<void> {
    const attempt = this.#attempt;
    if (attempt !== null) this.#leave(attempt, { mayStillRun: true });
    this.#store.advance("end");
    if (attempt !== null) this.#emitEnded();
    await this.#leaving;
  }

  // Creating and joining. Between any two steps the user may have left: `#isCurrent` is asked again.

  #begin(): Attempt {
    const attempt: Attempt = {
      created: Promise.resolve(null),
      connection: null,
      microphone: new Microphone(
        async (enabled) => this.connected().setMicrophone(enabled),
        (error) => {
          if (!this.#isCurrent(attempt)) return;
          if (error !== null || this.#store.state.error?.code.startsWith("microphone_"))
            this.#store.set({ error });
        },
      ),
      done: Promise.resolve(),
    };
    this.#attempt = attempt;
    return attempt;
  }

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
    const connection = new Connection(this.#stage, this.#listen(attempt), this.#store.state);
    attempt.connection = connection;
    this.#store.advance("created", { sessionId: info.sessionId, room: connection.room });
    try {
      await connection.join(info.livekitUrl, info.token);
    } catch (error) {
      this.#fail(attempt, joinError(error));
    }
    if (!this.#isCurrent(attempt)) return;
    this.#store.advance("joined");
    if (connection.room.state === ConnectionState.Disconnected) this.#onEnded(attempt, undefined);
    if (!this.#isCurrent(attempt)) return;
    if (this.#stage.hasVideo) this.#store.advance("video_added");
    if (!(this.#options.autoEnableMic ?? true) || !connection.canPublish) return;
    if (this.talkButtons === 0) await attempt.microphone.setEnabled(true);
    else await attempt.microphone.attempt(() => connection.prepareMicrophone());
  }

  /** Listens to an attempt's connection, only while the attempt is the current one. */
  #listen(attempt: Attempt): ConnectionListener {
    const whileCurrent =
      <Args extends unknown[]>(listener: (...args: Args) => void) =>
      (...args: Args) => {
        if (this.#isCurrent(attempt)) listener(...args);
      };
    return {
      onVideo: whileCurrent((present) => this.#store.advance(present ? "video_added" : "video_removed")),
      onConnection: whileCurrent((line) => {
        if (line === "lost") this.#store.advance("reconnecting", { quality: "lost" });
        else this.#store.advance("reconnected", { quality: null });
      }),
      onDisconnected: whileCurrent((reason) => this.#onEnded(attempt, reason)),
      onMicrophone: whileCurrent((muted) => this.#store.set({ muted })),
      onMicrophoneLost: whileCurrent(() => {
        this.#store.set({ error: new SessionError("microphone_lost", messages.microphoneLost) });
      }),
      onMessage: whileCurrent((message) => this.#store.addMessage(message)),
      onAudioBlocked: whileCurrent((audioBlocked) => this.#store.set({ audioBlocked })),
      onSpeaking: whileCurrent((who, speaking) => {
        this.#store.set(who === "avatar" ? { isSpeaking: speaking } : { isUserSpeaking: speaking });
      }),
      onLatency: whileCurrent((latency, quality) => {
        this.#store.set(this.#store.state.phase === "reconnecting" ? { latency } : { latency, quality });
      }),
    };
  }

  // Leaving.

  #onEnded(attempt: Attempt, reason: DisconnectReason | undefined): void {
    // While joining, the rejected promise says the same and more.
    if (this.#store.state.phase === "connecting") return;
    const ending = describeEnding(reason);
    if (ending.error !== null) this.#fail(attempt, ending.error, ending);
    else {
      this.#leave(attempt, ending);
      this.#store.advance("end", { endReason: ending.reason });
      void this.#fetchEndReason(this.#store.state.sessionId, ending.reason);
    }
  }

  /** The room only knows that it was closed. The API knows why. */
  async #fetchEndReason(sessionId: string | null, known: string): Promise<void> {
    let reason = known;
    try {
      if (sessionId !== null) {
        const { end_reason: code } = (await this.#options.getSession?.(sessionId)) ?? {};
        if (code) reason = endReasonText(code);
        const stillShown = this.#store.state.phase === "ended" && this.#store.state.sessionId === sessionId;
        if (stillShown) this.#store.set({ endReason: reason });
      }
    } catch (error) {
      this.#store.set({ error: asSessionError(error, "get_failed", messages.getFailed) });
    }
    this.#store.events.emit("ended", { sessionId, reason, error: null });
  }

  #fail(attempt: Attempt, error: SessionError, { mayStillRun } = { mayStillRun: true }): void {
    if (!this.#isCurrent(attempt)) return;
    this.#leave(attempt, { mayStillRun });
    this.#store.advance("fail", { error, endReason: error.message });
    this.#emitEnded(error);
  }

  #leave(attempt: Attempt, { mayStillRun }: { mayStillRun: boolean }): void {
    this.#attempt = null;
    globalThis.removeEventListener?.("pagehide", this.#onPageHide);
    this.#store.set(DISCONNECTED);
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
      if (this.#attempt !== null || this.#store.state.error !== null) return;
      this.#store.set({
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

  #emitEnded(error: SessionError | null = null): void {
    const { sessionId } = this.#store.state;
    this.#store.events.emit("ended", { sessionId, reason: error?.message ?? null, error });
  }
}
