import {
  type DisconnectReason,
  LocalAudioTrack,
  type Participant,
  type RemoteParticipant,
  type RemoteTrack,
  type RemoteTrackPublication,
  Room,
  RoomEvent,
  Track,
  type TrackPublication,
} from "livekit-client";
import type { ChosenDevices } from "./audio/devices.js";
import { LevelMeter, type Speaker } from "./audio/level.js";
import { Voices } from "./audio/voice.js";
import { type ConnectionQuality, LatencyMeter } from "./latency.js";
import { LipSync } from "./lip-sync.js";
import type { Stage } from "./stage.js";
import { Texts } from "./texts.js";
import type { TranscriptMessage } from "./transcript.js";
import { Transcriptions } from "./transcriptions.js";

/** What a connection tells the session it belongs to. */
export interface ConnectionListener {
  onVideo(present: boolean): void;
  onConnection(state: "lost" | "restored"): void;
  onDisconnected(reason: DisconnectReason | undefined): void;
  onMicrophone(muted: boolean): void;
  onMicrophoneLost(): void;
  onMessage(message: TranscriptMessage): void;
  onAudioBlocked(blocked: boolean): void;
  onSpeaking(who: Speaker, speaking: boolean): void;
  onLatency(latencyMs: number, quality: ConnectionQuality): void;
}

/** The name under which the avatar publishes its tracks. */
const AVATAR_STREAM = "avatar";

/**
 * Whether a track is the avatar's. What people say to it is not played: everybody would hear it twice, half
 * a second apart, and the user in another window himself.
 */
function isFromAvatar(publication: TrackPublication, participant: Participant): boolean {
  return participant.isAgent || publication.trackInfo?.stream === AVATAR_STREAM;
}

/** One stay in one room. Closing it is safe at any time, also before and while it joins. */
export class Connection {
  readonly room: Room;
  readonly voices: Voices;
  readonly texts: Texts;
  readonly #stage: Stage;
  readonly #listener: ConnectionListener;
  readonly #lips = new LipSync();
  #latency: LatencyMeter | null = null;
  #levels: LevelMeter | null = null;
  #closed = false;

  constructor(stage: Stage, listener: ConnectionListener, { microphoneId, speakerId }: ChosenDevices) {
    this.room = new Room({
      adaptiveStream: true,
      dynacast: true,
      disconnectOnPageLeave: false, // the session's business: it also tells the backend
      ...(microphoneId === null ? {} : { audioCaptureDefaults: { deviceId: microphoneId } }),
      ...(speakerId === null ? {} : { audioOutput: { deviceId: speakerId } }),
    });
    this.#stage = stage;
    this.#listener = listener;
    this.voices = new Voices(this.room, () => this.#checkBlocked());
    this.texts = new Texts(this.room);
    new Transcriptions(this.room, listener.onMessage);
  }

  /** Whether this participant may send sound; viewers may not. */
  get canPublish(): boolean {
    return this.room.localParticipant.permissions?.canPublish ?? false;
  }

  async join(url: string, token: string): Promise<void> {
    this.room
      .on(RoomEvent.TrackSubscribed, this.#onSubscribed)
      .on(RoomEvent.TrackUnsubscribed, this.#onUnsubscribed)
      .on(RoomEvent.SignalReconnecting, this.#onReconnecting)
      .on(RoomEvent.Reconnecting, this.#onReconnecting)
      .on(RoomEvent.Reconnected, this.#onReconnected)
      .on(RoomEvent.Disconnected, this.#onDisconnected)
      .on(RoomEvent.TrackMuted, this.#onMuting)
      .on(RoomEvent.TrackUnmuted, this.#onMuting)
      .on(RoomEvent.LocalTrackPublished, this.#onPublishing)
      .on(RoomEvent.LocalTrackUnpublished, this.#onPublishing)
      .on(RoomEvent.AudioPlaybackStatusChanged, this.#checkBlocked);
    await this.room.connect(url, token);
    if (this.#closed) return;
    this.#latency = new LatencyMeter(() => this.#stage.tracks, this.#listener.onLatency);
    const tracks = { avatar: () => this.#stage.sound, user: () => this.#microphone };
    this.#levels = new LevelMeter(tracks, this.#listener.onSpeaking);
    this.#checkBlocked();
  }

  async setMicrophone(enabled: boolean): Promise<void> {
    await this.room.localParticipant.setMicrophoneEnabled(enabled);
  }

  /** Opens the microphone without anybody hearing it, so that it is there when it is wanted. */
  async prepareMicrophone(): Promise<void> {
    const user = this.room.localParticipant;
    const [track] = await user.createTracks({ audio: true });
    if (!(track instanceof LocalAudioTrack)) return;
    try {
      await track.mute();
      await user.publishTrack(track as Parameters<typeof user.publishTrack>[0]);
    } catch (error) {
      track.stop();
      throw error;
    }
  }

  /** Uses a microphone or loudspeaker; `null` for the browser's choice. */
  async use(kind: "audioinput" | "audiooutput", deviceId: string | null): Promise<void> {
    await this.room.switchActiveDevice(kind, deviceId ?? "default", deviceId !== null);
  }

  /** Loudness now, 0 to 1. */
  level(who: Speaker): number {
    return this.#levels?.level(who) ?? 0;
  }

  get #microphone(): MediaStreamTrack | undefined {
    return this.room.localParticipant.getTrackPublication(Track.Source.Microphone)?.track?.mediaStreamTrack;
  }

  /** Plays what the browser held back; call it from a touch of the user. */
  async startAudio(): Promise<void> {
    await this.voices.resume();
    await this.room.startAudio();
    if (!this.room.canPlaybackVideo) await this.room.startVideo();
    this.#checkBlocked();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#latency?.stop();
    this.#levels?.close();
    this.#lips.stop();
    this.#stage.clear();
    this.texts.close();
    await Promise.all([this.voices.close(), this.room.disconnect()]);
  }

  #onSubscribed = (
    track: RemoteTrack,
    publication: RemoteTrackPublication,
    participant: RemoteParticipant,
  ): void => {
    if (this.#closed) return;
    if (!isFromAvatar(publication, participant)) {
      publication.setSubscribed(false);
      return;
    }
    this.#lips.add(track);
    this.#stage.add(track);
    if (track.kind === Track.Kind.Video) this.#listener.onVideo(true);
  };

  #onUnsubscribed = (track: RemoteTrack): void => {
    this.#lips.remove(track);
    this.#stage.remove(track);
    if (track.kind === Track.Kind.Video) this.#listener.onVideo(this.#stage.hasVideo);
  };

  #onReconnecting = (): void => this.#listener.onConnection("lost");

  #onReconnected = (): void => {
    this.#listener.onConnection("restored");
    this.#listener.onVideo(this.#stage.hasVideo);
  };

  #onDisconnected = (reason?: DisconnectReason): void => this.#listener.onDisconnected(reason);

  #onMuting = (publication: TrackPublication, participant: Participant): void => {
    if (participant !== this.room.localParticipant) return;
    this.#onPublishing(publication);
    // When a microphone is unplugged, LiveKit goes on with the default one; when that fails, it mutes.
    const device = publication.audioTrack?.mediaStreamTrack;
    if (publication.isMuted && device?.readyState === "ended") this.#listener.onMicrophoneLost();
  };

  #onPublishing = (publication: TrackPublication): void => {
    if (publication.source !== Track.Source.Microphone) return;
    this.#listener.onMicrophone(!this.room.localParticipant.isMicrophoneEnabled);
  };

  #checkBlocked = (): void => {
    if (!this.#closed) this.#listener.onAudioBlocked(!this.room.canPlaybackAudio || this.voices.blocked);
  };
}
