import {
  type Participant,
  type Room,
  RoomEvent,
  type TextStreamReader,
  type TranscriptionSegment,
} from "livekit-client";
import type { MessageRole, TranscriptMessage } from "./transcript.js";

const TOPIC = "lk.transcription";
const SEGMENT_ID = "lk.segment_id";
const FINAL = "lk.transcription_final";

/**
 * Reads what is said in a room, from both ways in which agents send it: text streams, and the older
 * transcription events.
 *
 * An agent may send both at the same time, with different segment IDs. Events are read until the first text
 * stream of the same speaker arrives.
 */
export class Transcriptions {
  readonly #room: Room;
  readonly #onMessage: (message: TranscriptMessage) => void;
  /** Who has sent a text stream. */
  readonly #streaming = new Set<MessageRole>();
  /** The last message of each speaker that came as an event. */
  readonly #lastEvent = new Map<MessageRole, TranscriptMessage>();
  /** The ID that a segment's message already has, by the segment's ID. */
  readonly #known = new Map<string, string>();

  constructor(room: Room, onMessage: (message: TranscriptMessage) => void) {
    this.#room = room;
    this.#onMessage = onMessage;
    room.on(RoomEvent.TranscriptionReceived, this.#onEvent);
    room.registerTextStreamHandler(TOPIC, (reader, { identity }) => void this.#onStream(reader, identity));
  }

  #onEvent = (segments: TranscriptionSegment[], participant?: Participant): void => {
    const role = roleOf(participant);
    if (this.#streaming.has(role)) return;
    for (const { id, text, final, firstReceivedTime } of segments) {
      const message = { id, role, text, final, timestamp: firstReceivedTime };
      this.#lastEvent.set(role, message);
      this.#onMessage(message);
    }
  };

  async #onStream(reader: TextStreamReader, identity: string): Promise<void> {
    const role = roleOf(this.#room.getParticipantByIdentity(identity));
    const segment = reader.info.attributes?.[SEGMENT_ID] ?? reader.info.id;
    const timestamp = Date.now();
    let text = "";
    const tell = (final: boolean) => {
      if (text.trim() === "") return;
      const id = this.#idOf(segment, role, text);
      this.#onMessage({ id, role, text, final, timestamp });
    };
    try {
      for await (const piece of reader) {
        text += piece;
        tell(false);
      }
    } catch {
      // The sender left: what it said so far is all.
      tell(true);
      return;
    }
    // The end of the stream may set the attribute: a stream that is written while the agent speaks begins without.
    tell(reader.info.attributes?.[FINAL] !== "false");
  }

  #idOf(segment: string, role: MessageRole, text: string): string {
    if (!this.#streaming.has(role)) {
      this.#streaming.add(role);
      const last = this.#lastEvent.get(role);
      if (last && (last.text.startsWith(text) || text.startsWith(last.text)))
        this.#known.set(segment, last.id);
    }
    return this.#known.get(segment) ?? segment;
  }
}

/** People are users, whoever is not a person is an agent. Of an agent that speaks through an avatar nothing is known. */
function roleOf(participant: Participant | undefined): MessageRole {
  return participant && !participant.isAgent ? "user" : "agent";
}
