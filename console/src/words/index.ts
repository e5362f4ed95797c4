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

/** A sentence of the server in the language of the page; as it is, where there is no text for it. */
export function sentence(told: string, { said }: Pick<Words, "said"> = words): string {
  for (const [pattern, text] of said) {
    const found = pattern.exec(told);
    if (found) return text.replaceAll(/\$(\d)/g, (_, at: string) => found[Number(at)] ?? "");
  }
  return told;
}
