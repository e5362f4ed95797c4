import type { SessionPhase } from "@visavis/core";
import { words } from "../../words/index.ts";

/** The text shown while there is no video. */
export function phaseText(phase: SessionPhase): string {
  const texts: Partial<Record<SessionPhase, string>> = words.live.phases;
  return texts[phase] ?? words.live.waiting;
}
