import { words } from "../../words/index.ts";

/** What usage consists of: each type with its name and its colour in plots. */
export const KINDS: readonly (readonly [type: string, name: string, colour: string])[] = [
  ["video", words.usage.kinds.video, "--plot-1"],
  ["realtime", words.usage.kinds.realtime, "--plot-2"],
  ["tts", words.usage.kinds.tts, "--plot-3"],
  ["recording", words.usage.kinds.recording, "--plot-4"],
  ["avatar_image", words.usage.kinds.avatarImage, "--plot-5"],
  ["agent", words.usage.kinds.agent, "--plot-6"],
];
