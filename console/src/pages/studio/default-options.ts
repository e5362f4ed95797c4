import type { VideoOptions } from "../../api/public.ts";

/** How videos are made when nothing is chosen, as the API makes them. */
export const DEFAULT_OPTIONS: VideoOptions = {
  frame: "face",
  size: 512,
  fps: 25,
  background: "keep",
  liveliness: 1,
  emotion: "neutral",
  seed: 0,
  captions: "none",
};

/** How many of the options were changed. */
export const countChanges = (options: VideoOptions): number =>
  (Object.keys(DEFAULT_OPTIONS) as (keyof VideoOptions)[]).filter(
    (name) => options[name] !== DEFAULT_OPTIONS[name],
  ).length;
