import type { SessionPhase } from "@visavis/core";
import { words } from "../../words/index.ts";

/** What is shown while there is no picture. */
export function phaseText(phase: SessionPhase): string {
  const texts: Partial<Record<SessionPhase, string>> = words.live.phases;
  return texts[phase] ?? words.live.waiting;
}
