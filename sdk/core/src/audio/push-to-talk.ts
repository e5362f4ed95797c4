const KEYS = new Set([" ", "Enter"]);

/**
 * Lets the user speak while a button is pressed: by mouse, by finger, or by the space bar or Enter when it has the
 * focus.
 *
 * @param button - Gets `aria-pressed`, and keeps the finger: a long touch opens no menu.
 * @param setTalking - Opens or closes the microphone. Calls wait for each other; those that are no news are left out.
 * @returns A function that takes the button back.
 */
export function pushToTalk(button: HTMLElement, setTalking: (on: boolean) => Promise<void>): () => void {
  let wanted = false;
  let settled = Promise.resolve();
  let now = false;

  const set = (on: boolean) => {
    if (on === wanted) return;
    wanted = on;
    button.setAttribute("aria-pressed", String(on));
    settled = settled.then(async () => {
      if (now === wanted) return; // pressed and released while the microphone opened
      now = wanted;
      await setTalking(now);
    });
  };
  const off = () => set(false);
  const leaving = new AbortController();
  const on = (target: EventTarget, type: string, handler: (event: Event) => void) =>
    target.addEventListener(type, handler, { signal: leaving.signal });

  button.setAttribute("aria-pressed", "false");
  const { touchAction } = button.style;
  button.style.touchAction = "none";
  on(button, "pointerdown", (event) => {
    const { button: which, pointerId } = event as PointerEvent;
    if (which !== 0) return;
    button.setPointerCapture(pointerId); // a finger that slides off still holds it
    set(true);
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) on(button, type, off);
  on(button, "contextmenu", (event) => event.preventDefault());
  on(button, "keydown", (event) => {
    if (!KEYS.has((event as KeyboardEvent).key)) return;
    event.preventDefault();
    set(true);
  });
  on(button, "keyup", (event) => {
    if (KEYS.has((event as KeyboardEvent).key)) off();
  });
  on(window, "blur", off);
  on(document, "visibilitychange", off);
  return () => {
    off();
    leaving.abort();
    button.style.touchAction = touchAction;
    button.removeAttribute("aria-pressed");
  };
}
