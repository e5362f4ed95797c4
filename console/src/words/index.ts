/** Every text of the console's pages, in the language of the browser. */
import { de } from "./de/index.ts";
import { en } from "./en/index.ts";
import { type Language, language } from "./language.ts";

/** What a translation must have. A text that takes values is a function. */
export type Words = typeof en;

const TRANSLATIONS: Record<Language, Words> = { en, de };

export const words: Words = TRANSLATIONS[language];

/** The text for a code of the server; the code itself, where it is a newer one. */
export function wordFor(texts: Readonly<Record<string, string>>, code: string): string {
  return texts[code] ?? code;
}
