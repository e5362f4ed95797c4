import { type RemoteAudioTrack, type RemoteTrack, Room, RoomEvent, Track } from "livekit-client";
import { inject } from "vitest";
import { commands } from "vitest/browser";

/** Another participant of a room, the avatar or a person: sends a picture and a tone, and hears. */
export class Avatar {
  readonly room = new Room();
  readonly #context = new AudioContext();
  readonly #heard: RemoteTrack[] = [];
  #painting: ReturnType<typeof setInterval> | null = null;

  private constructor() {
    this.room.on(RoomEvent.TrackSubscribed, (track) => this.#heard.push(track));
    this.room.on(RoomEvent.TrackUnsubscribed, (track) => this.#heard.splice(this.#heard.indexOf(track), 1));
  }

  static async join(
    room: string,
    identity = "avatar",
    grant = { agent: identity === "avatar" },
  ): Promise<Avatar> {
    const avatar = new Avatar();
    const token = await commands.mintToken(room, identity, grant);
    await avatar.room.connect(inject("rooms").url, token);
    return avatar;
  }

  async showPicture(): Promise<void> {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 320 });
    const pen = canvas.getContext("2d");
    let hue = 0;
    this.#painting = setInterval(() => {
      if (pen === null) return;
      hue += 10;
      pen.fillStyle = `hsl(${hue} 80% 50%)`;
      pen.fillRect(0, 0, 320, 320);
    }, 66);
    const [track] = canvas.captureStream(15).getVideoTracks();
    if (track === undefined) throw new Error("no picture");
    await this.room.localParticipant.publishTrack(track, { source: Track.Source.Camera, simulcast: false });
  }

  async hidePicture(): Promise<void> {
    if (this.#painting !== null) clearInterval(this.#painting);
    for (const { track } of this.room.localParticipant.videoTrackPublications.values()) {
      if (track) await this.room.localParticipant.unpublishTrack(track);
    }
  }

  async playTone(frequencyHz = 440): Promise<void> {
    const destination = this.#context.createMediaStreamDestination();
    const tone = new OscillatorNode(this.#context, { frequency: frequencyHz });
    tone.connect(destination);
    tone.start();
    const [track] = destination.stream.getAudioTracks();
    if (track === undefined) throw new Error("no tone");
    await this.room.localParticipant.publishTrack(track);
  }

  async hideSound(): Promise<void> {
    for (const { track } of this.room.localParticipant.audioTrackPublications.values()) {
      if (track) await this.room.localParticipant.unpublishTrack(track);
    }
  }

  /** Names of the tracks that are heard now. */
  get heard(): string[] {
    return [...this.room.remoteParticipants.values()].flatMap((each) =>
      [...each.audioTrackPublications.values()].filter((one) => one.track).map((one) => one.trackName),
    );
  }

  /** How loud what is heard is now: root mean square over all tracks, 0 to 1. */
  meter(): () => number {
    const mixed = this.#context.createAnalyser();
    for (const track of this.#heard.filter(
      (each): each is RemoteAudioTrack => each.kind === Track.Kind.Audio,
    )) {
      // Chromium lets sound of WebRTC into WebAudio only while an element plays it.
      const element = track.attach();
      element.muted = true;
      const stream = new MediaStream([track.mediaStreamTrack]);
      this.#context.createMediaStreamSource(stream).connect(mixed);
    }
    const samples = new Float32Array(mixed.fftSize);
    return () => {
      mixed.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
    };
  }

  async leave(): Promise<void> {
    if (this.#painting !== null) clearInterval(this.#painting);
    await this.room.disconnect();
    await this.#context.close();
  }
}
