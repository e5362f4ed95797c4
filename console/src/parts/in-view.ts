/** On a phone what was asked for may appear where nobody looks. */
import { type RefObject, useEffect } from "react";

const TYPES_IN = "textarea, input:not([type=range], [type=file]), select";
const MIN_SEEN = 0.5;

/** Scrolls something into view, unless it is, or somebody types just now. */
export function bringIntoView(element: Element | null): void {
  if (!element || document.activeElement?.matches(TYPES_IN)) return;
  const { top, bottom } = element.getBoundingClientRect();
  if (top >= 0 && bottom <= window.innerHeight) return;
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ behavior: isCalm ? "auto" : "smooth", block: "start" });
}

/**
 * Plays a video once it is seen, and pauses it when it is scrolled away: nothing plays off-screen.
 *
 * @param isNew - Whether it was just made; others wait for somebody to play them.
 */
export function usePlayedInView(video: RefObject<HTMLVideoElement | null>, isNew: boolean): void {
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    let waits = isNew;
    const watching = new IntersectionObserver(
      ([entry]) => {
        if (!entry) return;
        if (entry.intersectionRatio >= MIN_SEEN && waits) {
          waits = false;
          // A browser that allows no sound before a touch leaves it to the video's own button.
          element.play().catch(() => undefined);
        } else if (entry.intersectionRatio === 0) element.pause();
      },
      { threshold: [0, MIN_SEEN] },
    );
    watching.observe(element);
    return () => watching.disconnect();
  }, [video, isNew]);
}
