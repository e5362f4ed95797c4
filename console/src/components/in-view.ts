/** Scrolling to results that appear outside the window, as on phones. */
import { type RefObject, useEffect } from "react";

const TYPES_IN = "textarea, input:not([type=range], [type=file]), select";
const MIN_SEEN = 0.5;

/** Scrolls an element into view, unless it is visible or the user is typing. */
export function scrollIntoView(element: Element | null): void {
  if (!element || document.activeElement?.matches(TYPES_IN)) return;
  const { top, bottom } = element.getBoundingClientRect();
  if (top >= 0 && bottom <= window.innerHeight) return;
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ behavior: isCalm ? "auto" : "smooth", block: "start" });
}

/**
 * Plays a video when it becomes visible, and pauses it when it is scrolled out of view.
 *
 * @param isNew - Whether it was just created. Other videos wait until the user plays them.
 */
export function usePlayedInView(video: RefObject<HTMLVideoElement | null>, isNew: boolean): void {
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    let waits = isNew;
    const watching = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1); // a busy page hears of several at once: the last one is how it is
        if (!entry) return;
        if (entry.intersectionRatio >= MIN_SEEN && waits) {
          waits = false;
          // Browsers may block sound before the first click. Then the user presses the play button.
          element.play().catch(() => undefined);
        } else if (entry.intersectionRatio === 0) element.pause();
      },
      { threshold: [0, MIN_SEEN] },
    );
    watching.observe(element);
    return () => watching.disconnect();
  }, [video, isNew]);
}
