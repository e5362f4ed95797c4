import type { CallLabels } from "@visavis/core";

/** The page of an agent, which others embed. */
export const embed = {
  /** The texts of the call that differ from those of the SDK. */
  labels: {} as Partial<CallLabels>,
  title: (name: string) => (name ? `Talk to ${name}` : "Talk to the avatar"),
  unavailable: "This link is invalid or has expired.",
  unreachable: "The server cannot be reached. Check your connection.",
  retry: "Try again",
  /** By the code of the server's error. */
  refusals: {
    EMBED_TOKEN_INVALID: "This link is invalid or has expired. Load the page again.",
    EMBED_LIMIT_REACHED: "Too many people are talking to this avatar. Try again later.",
    RATE_LIMITED: "Too many attempts. Wait a minute, then try again.",
    NO_CAPACITY: "All avatars are busy. Try again in a moment.",
  } as Readonly<Record<string, string>>,
};
