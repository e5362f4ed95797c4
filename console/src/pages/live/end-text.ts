import type { LiveSessionEnd } from "../../api/public.ts";
import { seconds } from "../../components/format.ts";
import { words } from "../../words/index.ts";
import { live } from "./live-session.ts";

/** Why the server ended the session. */
export function endReasonText(): string {
  return words.live.endReasons[live.get().endCode ?? ""] ?? words.live.endedByServer;
}

/** How long a session took, and what it cost, if that is billed. */
export function endText(end: LiveSessionEnd, isBilled: boolean): string {
  const duration = seconds(end.duration_seconds);
  return isBilled ? words.live.endedBilledText(duration, end.estimated_cost) : words.live.endedText(duration);
}
