import { type Room, Track } from "livekit-client";
import { asSessionError, SessionError } from "../errors.js";
import { messages } from "../messages.js";
import { type AudioInput, readAudio } from "./input.js";
import { Playback } from "./playback.js";

/** How long a track outlives its last sound, which is still on its way through the encoder. */
const UNPUBLISH_DELAY_MS = 200;

/** A published track that carries silence, and whatever is played into it. */
class Voice {
  readonly #room: Room;
  readonly #context: AudioContext;
  readonly #destination: MediaStreamAudioDestinationNode;

  private constructor(room: Room, context: AudioContext) {
    this.#room = room;
    this.#context = context;
    this.#destination = context.createMediaStreamDestination();
  }

  get #track(): MediaStreamTrack {
    const [track] = this.#destination.stream.getAudioTracks();
    if (track === undefined) throw new Error("An audio destination without a track");
    return track;
  }

  static async publish(room: Room, context: AudioContext, name: string): Promise<Voice> {
    const voice = new Voice(room, context);
    // Discontinuous transmission would send nothing in silence, and the avatar keeps listening. Without `forceStereo`
    // LiveKit's server has browsers that do not report the channels of a track mix them into one, where opposite
    // channels cancel each other.
    const options = { name, source: Track.Source.Unknown, dtx: false, red: false, forceStereo: true };
    await room.localParticipant.publishTrack(voice.#track, options);
    return voice;
  }

  async play(input: AudioInput): Promise<Playback> {
    const sound = await readAudio(this.#context, input);
    if (this.#context.state === "closed") throw new SessionError("not_connected", messages.over);
    return new Playback(this.#context, this.#destination, sound);
  }

  async unpublish(): Promise<void> {
    await this.#room.localParticipant.unpublishTrack(this.#track);
  }
}

/**
 * The sounds that one session sends: a voice that stays, and voices for one sound each.
 *
 * Owns the audio context of the session.
 */
export class Voices {
  readonly #room: Room;
  readonly #onBlocked: () => void;
  #context: AudioContext | null = null;
  #persistent: Promise<Voice> | null = null;
  readonly #playing = new Set<Playback>();
  #temporary: Playback | null = null;
  #closed = false;

  constructor(room: Room, onBlocked: () => void) {
    this.#room = room;
    this.#onBlocked = onBlocked;
  }

  /** Whether the browser holds sound back until the user has touched the page. */
  get blocked(): boolean {
    return this.#context?.state === "suspended";
  }

  /** Publishes the voice that stays, if it is not there yet. */
  async open(): Promise<Voice> {
    this.#persistent ??= this.#publish("visavis-voice");
    try {
      return await this.#persistent;
    } catch (error) {
      this.#persistent = null; // the next sound tries again
      throw error;
    }
  }

  /** Plays a sound on the voice that stays. */
  async speak(input: AudioInput): Promise<Playback> {
    const voice = await this.open();
    return this.#remember(await voice.play(input));
  }

  /** Plays a sound on a track of its own, which goes when the sound is over; ends the one before. */
  async publish(input: AudioInput): Promise<Playback> {
    const sound = await readAudio(this.#open(), input);
    const voice = await this.#publish("visavis-sound");
    this.#temporary?.stop();
    const playback = this.#remember(await voice.play(sound));
    this.#temporary = playback;
    const leave = (played: boolean) => {
      setTimeout(() => void (this.#closed || voice.unpublish()), played ? UNPUBLISH_DELAY_MS : 0);
    };
    playback.finished.then(leave, () => leave(false));
    return playback;
  }

  /** Ends everything that is being said. */
  interrupt(): void {
    for (const playback of this.#playing) playback.stop();
  }

  /** Lets sound out once the user has touched the page. */
  async resume(): Promise<void> {
    await this.#context?.resume();
  }

  /** Ends every sound. The tracks go with the room. */
  async close(): Promise<void> {
    this.#closed = true;
    this.interrupt();
    if (this.#context !== null && this.#context.state !== "closed") await this.#context.close();
  }

  #open(): AudioContext {
    if (this.#closed) throw new SessionError("not_connected", messages.over);
    if (this.#context === null) {
      this.#context = new AudioContext({ latencyHint: "interactive" });
      this.#context.addEventListener("statechange", this.#onBlocked);
      if (this.blocked) {
        // Settles only after a touch, so nobody waits for it; the listener sees the change.
        void this.#context.resume();
        this.#onBlocked();
      }
    }
    return this.#context;
  }

  #remember(playback: Playback): Playback {
    this.#playing.add(playback);
    const forget = () => this.#playing.delete(playback);
    playback.finished.then(forget, forget);
    return playback;
  }

  async #publish(name: string): Promise<Voice> {
    try {
      return await Voice.publish(this.#room, this.#open(), name);
    } catch (error) {
      throw asSessionError(error, "publish_failed", messages.audioFailed);
    }
  }
}
