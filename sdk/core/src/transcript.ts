/** Who said it. @public */
export type MessageRole = "user" | "agent";

/**
 * One thing that was said, as far as it is known.
 *
 * @public
 */
export interface TranscriptMessage {
  id: string;
  role: MessageRole;
  text: string;
  /** Whether the text will not change any more. */
  final: boolean;
  /** When it was first heard, in milliseconds since 1970. */
  timestamp: number;
}

/** How many messages are kept; older ones are dropped. */
export const MAX_MESSAGES = 500;

/**
 * The messages with one more, or with one of them known better.
 *
 * A message keeps its place and its first timestamp. What is final stays as it is: a late interim
 * version must not take words back.
 */
export function mergeMessage(messages: TranscriptMessage[], message: TranscriptMessage): TranscriptMessage[] {
  const index = messages.findLastIndex((each) => each.id === message.id && each.role === message.role);
  const known = messages[index];
  if (known === undefined) return [...messages, message].slice(-MAX_MESSAGES);
  if (known.final && !message.final) return messages;
  return messages.map((each, at) => (at === index ? { ...message, timestamp: known.timestamp } : each));
}
