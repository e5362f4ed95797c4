/** The quietest sound that a meter shows, in decibels below full scale. */
const FLOOR_DB = -60;

/** How often the levels are read to find out who speaks. */
const PERIOD_MS = 50;

/** Samples of one reading: 43 ms at 48 kHz. */
const WINDOW = 2048;

/** Who is heard. @public */
export type Speaker = "avatar" | "user";

/** Loudness of samples from -1 to 1 as a meter shows it: 0 for -60 dB and less, 1 for 0 dB. */
export function loudness(samples: Float32Array): number {
  const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
  const db = 10 * Math.log10(power);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

/** Voices are so much louder than what is heard without them, in parts of a meter: 12 dB. */
const ABOVE_NOISE = 0.2;
/** What is heard without a voice gets louder by so much a reading, at most: 2 dB a second. */
const NOISE_RISE = 0.1 / -FLOOR_DB;
/** Noise is not louder than so much, or a steady voice would be noise after some time: -40 dB. */
const MAX_NOISE = 1 / 3;
const READINGS_TO_BEGIN = 2;
const READINGS_TO_END = 8;

/** Finds out from loudness whether somebody speaks. Pauses within a sentence are speech. */
export class SpeakingDetector {
  #noise = 0;
  #readings = 0;
  #speaking = false;

  /** Takes one reading, every 50 ms. Returns whether somebody speaks. */
  update(level: number): boolean {
    const voiced = level > this.#noise + ABOVE_NOISE;
    this.#noise = Math.min(level, this.#noise + NOISE_RISE, MAX_NOISE);
    this.#readings = voiced === this.#speaking ? 0 : this.#readings + 1;
    if (this.#readings >= (this.#speaking ? READINGS_TO_END : READINGS_TO_BEGIN)) {
      this.#speaking = voiced;
      this.#readings = 0;
    }
    return this.#speaking;
  }
}

/** One track that is listened to. */
class MeteredTrack {
  readonly track: MediaStreamTrack;
  readonly #detector = new SpeakingDetector();
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples = new Float32Array(WINDOW);

  constructor(context: AudioContext, track: MediaStreamTrack) {
    this.track = track;
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = new AnalyserNode(context, { fftSize: WINDOW });
    this.#source.connect(this.#analyser);
  }

  read(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(this.#samples);
  }

  /** Whether somebody speaks, by one more reading. */
  update(): boolean {
    return this.#detector.update(this.read());
  }

  close(): void {
    this.#source.disconnect();
  }
}

/** Measures how loud the avatar and the user are, and tells when they begin and stop to speak. */
export class LevelMeter {
  readonly #tracks: Record<Speaker, () => MediaStreamTrack | undefined>;
  readonly #onSpeaking: (who: Speaker, speaking: boolean) => void;
  readonly #metered = new Map<Speaker, MeteredTrack>();
  readonly #timer: ReturnType<typeof setInterval>;
  #context: AudioContext | null = null;

  /**
   * @param tracks - The track of each that is heard now. A muted track is silent.
   * @param onSpeaking - Told at every reading.
   */
  constructor(
    tracks: Record<Speaker, () => MediaStreamTrack | undefined>,
    onSpeaking: (who: Speaker, speaking: boolean) => void,
  ) {
    this.#tracks = tracks;
    this.#onSpeaking = onSpeaking;
    this.#timer = setInterval(() => this.#read(), PERIOD_MS);
  }

  /** Loudness now, 0 to 1. */
  level(who: Speaker): number {
    return this.#listen(who)?.read() ?? 0;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const metered of this.#metered.values()) metered.close();
    this.#metered.clear();
    void this.#context?.close();
  }

  #read(): void {
    // A browser starts it only after the user has touched the page, and warns of each try before.
    if (this.#context?.state === "suspended" && navigator.userActivation?.hasBeenActive !== false)
      void this.#context.resume();
    for (const who of ["avatar", "user"] as const) {
      const metered = this.#listen(who);
      this.#onSpeaking(who, metered?.update() ?? false);
    }
  }

  #listen(who: Speaker): MeteredTrack | null {
    const track = this.#tracks[who]();
    const metered = this.#metered.get(who);
    if (track !== undefined && metered?.track === track) return metered;
    metered?.close();
    this.#metered.delete(who);
    if (track === undefined) return null;
    this.#context ??= new AudioContext({ latencyHint: "balanced" });
    const fresh = new MeteredTrack(this.#context, track);
    this.#metered.set(who, fresh);
    return fresh;
  }
}
