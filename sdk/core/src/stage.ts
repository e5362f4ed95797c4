import { RemoteAudioTrack, type RemoteTrack, Track } from "livekit-client";

/**
 * Shows the avatar's picture inside an element of the page and lets its sound be heard.
 *
 * Sound plays from elements outside the page: browsers pause what is taken out of a page, and a
 * container that comes and goes must not silence the avatar.
 */
export class Stage {
  readonly #elements = new Map<RemoteTrack, HTMLMediaElement>();
  #container: HTMLElement | null = null;
  #volume = 1;

  /** Tracks on stage, in the order in which they came. */
  get tracks(): Iterable<RemoteTrack> {
    return this.#elements.keys();
  }

  /** The avatar's newest sound. */
  get sound(): MediaStreamTrack | undefined {
    return [...this.#elements.keys()].findLast((track) => track.kind === Track.Kind.Audio)?.mediaStreamTrack;
  }

  /** Whether there is a picture. */
  get hasVideo(): boolean {
    return [...this.#elements.keys()].some((track) => track.kind === Track.Kind.Video);
  }

  add(track: RemoteTrack): void {
    if (this.#elements.has(track)) return;
    const element = track.attach();
    this.#elements.set(track, element);
    if (track instanceof RemoteAudioTrack) {
      track.setVolume(this.#volume);
    } else {
      Object.assign(element.style, { display: "block", width: "100%", height: "100%", objectFit: "cover" });
      this.#container?.append(element);
    }
  }

  remove(track: RemoteTrack): void {
    track.detach();
    this.#elements.get(track)?.remove();
    this.#elements.delete(track);
  }

  /** Moves the picture into another element; `null` takes it out of the page. */
  setContainer(container: HTMLElement | null): void {
    if (container === this.#container) return;
    this.#container = container;
    for (const [track, element] of this.#elements) {
      if (track.kind !== Track.Kind.Video) continue;
      element.remove();
      if (container !== null) {
        container.append(element);
        track.attach(element); // plays again what was paused when it left the page
      }
    }
  }

  /** @param volume - 0 to 1. */
  setVolume(volume: number): void {
    this.#volume = volume;
    for (const track of this.#elements.keys()) {
      if (track instanceof RemoteAudioTrack) track.setVolume(volume);
    }
  }

  clear(): void {
    for (const track of [...this.#elements.keys()]) this.remove(track);
  }
}
