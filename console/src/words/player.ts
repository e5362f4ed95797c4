/** The texts of the player alone: it must not load those of the console. */
import { player as de } from "./de/player.ts";
import { player as en } from "./en/player.ts";
import { type Language, language } from "./language.ts";

const TRANSLATIONS: Record<Language, typeof en> = { en, de };

export const words: typeof en = TRANSLATIONS[language];
