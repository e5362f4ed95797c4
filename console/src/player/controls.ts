import { words } from "../words/player.ts";

/** How long the buttons stay after the pointer or a key has moved. */
const SHOWN_MS = 2500;

const MUTED = "M4 9v6h4l5 4V5L8 9H4Zm12 1 5 4m0-4-5 4";
const AUDIBLE = "M4 9v6h4l5 4V5L8 9H4Zm12-1a5 5 0 0 1 0 8m2.5-11a9 9 0 0 1 0 14";
const ENLARGE = "M4 9V4h5M20 9V4h-5M4 15v5h5m11-5v5h-5";
const REDUCE = "M9 4v5H4M15 4v5h5M9 20v-5H4m11 5v-5h5";

/**
 * Buttons that mute the avatar and show it on the whole screen. They are seen only while somebody moves the pointer,
 * touches the page or has the keyboard on them: a streaming program shows the avatar alone.
 */
export class Controls {
  readonly root: HTMLDivElement = document.createElement("div");
  /** Whether the viewer has muted the avatar. */
  muted = false;
  readonly #mute = makeButton();
  readonly #fullScreen = makeButton();
  #hiding: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param stage - What is shown on the whole screen.
   * @param onMuted - Told when the viewer mutes the avatar or lets it be heard.
   */
  constructor(stage: HTMLElement, onMuted: (muted: boolean) => void) {
    this.root.className = "controls";
    this.root.append(this.#mute);
    if (document.fullscreenEnabled) this.root.append(this.#fullScreen);
    this.#mute.addEventListener("click", (event) => {
      event.stopPropagation(); // a click on the stage plays blocked sound
      this.muted = !this.muted;
      this.#update();
      onMuted(this.muted);
    });
    this.#fullScreen.addEventListener("click", (event) => {
      event.stopPropagation();
      // A browser that refuses leaves the page as it is, and the button says so.
      void (document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen()).catch(() =>
        this.#update(),
      );
    });
    document.addEventListener("fullscreenchange", () => this.#update());
    for (const event of ["pointermove", "pointerdown", "keydown"])
      document.addEventListener(event, () => this.#show());
    this.#update();
  }

  #show(): void {
    document.body.dataset.controls = "shown";
    clearTimeout(this.#hiding);
    this.#hiding = setTimeout(() => delete document.body.dataset.controls, SHOWN_MS);
  }

  #update(): void {
    const isFull = document.fullscreenElement !== null;
    describe(this.#mute, this.muted ? words.unmute : words.mute, this.muted ? MUTED : AUDIBLE);
    describe(this.#fullScreen, isFull ? words.exitFullScreen : words.fullScreen, isFull ? REDUCE : ENLARGE);
  }
}

function makeButton(): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  icon.append(document.createElementNS(icon.namespaceURI, "path"));
  button.append(icon);
  return button;
}

function describe(button: HTMLButtonElement, label: string, path: string): void {
  button.setAttribute("aria-label", label);
  button.title = label;
  button.querySelector("path")?.setAttribute("d", path);
}
