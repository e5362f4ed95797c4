import { type Participant, type RemoteParticipant, type Room, RoomEvent } from "livekit-client";
import { SessionError } from "./errors.js";
import { messages } from "./messages.js";
import { toPieces } from "./sentences.js";

const CHAT = "lk.chat";
const SPEAK = "visavis.speak";
/** Attribute of avatars, which show what others say, and answer nothing themselves. */
const IS_AVATAR = "visavis.generated";
const AGENT_COMES_MS = 5000;
const ANSWER_MS = 8000;

interface Pending {
  resolve: () => void;
  reject: (error: SessionError) => void;
  timer: ReturnType<typeof setTimeout>;
}

const answers = (participant: Participant): boolean =>
  participant.isAgent && participant.attributes[IS_AVATAR] !== "true";

/** Texts for the agent and for the avatar of a room. Each is received by somebody, or it is an error. */
export class Texts {
  readonly #room: Room;
  readonly #pending = new Map<string, Pending>();
  /** Settles at the next interruption. */
  #interrupted: Promise<null>;
  #tellInterrupted: (nothing: null) => void = () => undefined;
  /** Settles when the last text to speak was accepted. Never rejects. */
  #spoken: Promise<unknown> = Promise.resolve();

  constructor(room: Room) {
    this.#room = room;
    this.#interrupted = this.#nextInterruption();
    room.on(RoomEvent.DataReceived, this.#onData);
  }

  /** Sends a text to the agent as if the user had said it. An agent that is on its way is waited for. */
  async chat(text: string): Promise<{ id: string; timestamp: number }> {
    this.#checkAllowed();
    await this.#agentIsHere();
    return await this.#room.localParticipant.sendText(text, { topic: CHAT });
  }

  /** Asks for a text to be spoken. Resolves when somebody has taken it. */
  async say(text: string): Promise<void> {
    this.#checkAllowed();
    const id = crypto.randomUUID();
    const answered = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle(id, new SessionError("not_spoken", messages.notSpoken)),
        ANSWER_MS,
      );
      this.#pending.set(id, { resolve, reject, timer });
    });
    try {
      await this.#publish({ type: "speak", text, id });
    } catch (error) {
      this.#settle(id, null);
      throw error;
    }
    await answered;
  }

  /**
   * Asks for a text to be spoken, whole or as it is being written, after the one before.
   *
   * @returns Whether all of it was accepted; `false` when it was interrupted.
   */
  speak(text: string | AsyncIterable<string>): Promise<boolean> {
    const interrupted = this.#interrupted;
    const speaking = this.#spoken.then(() => this.#speakPieces(toPieces(text), interrupted));
    this.#spoken = speaking.catch(() => undefined);
    return speaking;
  }

  async #speakPieces(pieces: AsyncGenerator<string>, interrupted: Promise<null>): Promise<boolean> {
    for (;;) {
      // A language model may be silent for long: an interruption does not wait for its next word.
      const next = await Promise.race([interrupted, pieces.next()]);
      if (next === null) {
        void pieces.return(undefined);
        return false;
      }
      if (next.done) return true;
      await this.say(next.value);
    }
  }

  /** Stops what the avatar says, and what waits to be said. */
  async interrupt(): Promise<void> {
    this.#dropTexts();
    if (this.#room.localParticipant.permissions?.canPublishData === false) return;
    await this.#publish({ type: "interrupt" });
  }

  close(): void {
    this.#dropTexts();
    for (const id of [...this.#pending.keys()])
      this.#settle(id, new SessionError("not_connected", messages.over));
  }

  #dropTexts(): void {
    this.#tellInterrupted(null);
    this.#interrupted = this.#nextInterruption();
  }

  #nextInterruption(): Promise<null> {
    return new Promise((resolve) => {
      this.#tellInterrupted = resolve;
    });
  }

  #checkAllowed(): void {
    if (this.#room.localParticipant.permissions?.canPublishData === false)
      throw new SessionError("not_allowed", messages.textNotAllowed);
  }

  async #publish(message: Record<string, string>): Promise<void> {
    const payload = new TextEncoder().encode(JSON.stringify(message));
    await this.#room.localParticipant.publishData(payload, { reliable: true });
  }

  #agentIsHere(): Promise<void> {
    const room = this.#room;
    if ([...room.remoteParticipants.values()].some(answers)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const onJoined = (participant: RemoteParticipant) => {
        if (!answers(participant)) return;
        stop();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        reject(new SessionError("no_agent", messages.noAgent));
      }, AGENT_COMES_MS);
      const stop = () => {
        clearTimeout(timer);
        room.off(RoomEvent.ParticipantConnected, onJoined);
      };
      room.on(RoomEvent.ParticipantConnected, onJoined);
    });
  }

  #onData = (payload: Uint8Array, participant?: RemoteParticipant, _kind?: unknown, topic?: string): void => {
    if (topic !== SPEAK || !participant?.isAgent) return;
    const { id, status, code, message } = readAnswer(payload);
    if (typeof id !== "string") return;
    if (status === "accepted") this.#settle(id, null);
    else
      this.#settle(
        id,
        new SessionError(
          typeof code === "string" ? code : "not_spoken",
          typeof message === "string" ? message : messages.notSpoken,
        ),
      );
  };

  #settle(id: string, error: SessionError | null): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (error) pending.reject(error);
    else pending.resolve();
  }
}

function readAnswer(payload: Uint8Array): Record<string, unknown> {
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>) : {};
  } catch {
    return {}; // anybody may send anything
  }
}
