/** The texts of the page of an agent: it must not load those of the console. */
import { embed as de } from "./de/embed.ts";
import { embed as en } from "./en/embed.ts";
import { type Language, language } from "./language.ts";

const TRANSLATIONS: Record<Language, typeof en> = { en, de };

export const words: typeof en = TRANSLATIONS[language];
