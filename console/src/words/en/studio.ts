/** The studio. */
import { plural } from "./plural.ts";

export const studio = {
  about: "Create a talking video from a photo and a voice.",
  create: "Create video",
  creating: "Creating video…",
  result: "Result",
  video: "Your video",
  uploading: (percent: number) => `Uploading… ${percent}%`,
  checking: "Checking files…",
  queued: (ahead: number) =>
    ahead === 0
      ? "Queued"
      : plural(ahead, { one: `Queued, ${ahead} job ahead`, other: `Queued, ${ahead} jobs ahead` }),
  rendering: "Rendering…",
  failed: "Could not create the video",
  renderingFailed: "Rendering failed. Try again.",
  details: "View details",
  summary: (duration: string, size: string) => `Duration ${duration}, ${size}`,
  summaryWithTime: (duration: string, size: string, renderTime: string) =>
    `Duration ${duration}, ${size}, rendered in ${renderTime}`,
  hint: "Your video appears here. Every video carries Content Credentials that mark it as AI-generated.",
  recent: "Recent videos",
  recentOne: (what: string, ago: string) => `${what} (${ago})`,
  options: {
    title: "Options",
    changed: (count: number) => `${count} changed`,
    reset: "Reset options",
    frame: "Frame",
    frames: { face: "Head", photo: "Whole photo" },
    photoHint: "The whole photo keeps its own size and background.",
    size: "Size",
    square: (side: number) => `${side} × ${side}`,
    rate: "Frame rate",
    perSecond: (fps: number) => `${fps} per second`,
    background: "Background",
    backgrounds: { keep: "Of the photo", blur: "Blurred", colour: "Colour" },
    colour: "Background colour",
    emotion: "Emotion",
    emotions: {
      neutral: "Neutral",
      happy: "Happy",
      sad: "Sad",
      angry: "Angry",
      surprised: "Surprised",
      calm: "Calm",
    },
    liveliness: "Liveliness",
    still: "Still",
    natural: "Natural",
    vivid: "Vivid",
    seed: "Seed of the motion",
    otherSeed: "Another seed",
    captions: "Captions",
    captionModes: { none: "None", burned: "In the picture", file: "As files" },
    captionsAbout: {
      none: "The video has no captions.",
      burned: "The words are drawn into the video as they are spoken.",
      file: "You get SRT and WebVTT files beside the video.",
    },
  },
  draftNotSaved: "This browser does not allow saving drafts. Your draft is lost when you reload the page.",
};
