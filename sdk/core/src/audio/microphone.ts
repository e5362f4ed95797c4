import { microphoneError, type SessionError } from "../errors.js";

/** The microphone of one attempt at a session: the user's choice, and sounds that silence it meanwhile. */
export class Microphone {
  readonly #switch: (enabled: boolean) => Promise<void>;
  readonly #onError: (error: SessionError | null) => void;
  /** Sounds on tracks of their own that are not over. */
  #sounds = 0;
  /** Whether it was silenced for them, and not by the user. */
  #paused = false;

  /**
   * @param switchTo - Turns it on or off in the room; throws what the browser throws.
   * @param onError - Told of what went wrong, and with `null` that it works.
   */
  constructor(switchTo: (enabled: boolean) => Promise<void>, onError: (error: SessionError | null) => void) {
    this.#switch = switchTo;
    this.#onError = onError;
  }

  /** Turns it on or off as the user wants it, which outlasts any sound. */
  async setEnabled(enabled: boolean): Promise<void> {
    this.#paused = false;
    await this.attempt(() => this.#switch(enabled));
  }

  /** Silences it until the last sound that asked for it has ended. */
  async pause(muted: boolean): Promise<() => void> {
    this.#sounds += 1;
    if (!muted) {
      this.#paused = true;
      await this.attempt(() => this.#switch(false));
    }
    return () => {
      this.#sounds -= 1;
      if (this.#sounds > 0 || !this.#paused) return;
      this.#paused = false;
      void this.attempt(() => this.#switch(true));
    };
  }

  /** Does something with the microphone, and reports how it went. Returns whether it went well. */
  async attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      this.#onError(null);
      return true;
    } catch (error) {
      this.#onError(microphoneError(error));
      return false;
    }
  }
}
