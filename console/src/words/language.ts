/** The language of the pages: the one chosen in the settings, or the first of the browser's that there are texts in. */

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

const DEFAULT: Language = "en";
const STORAGE_KEY = "visavis.language";

const languageOf = (tag: string) => LANGUAGES.find((each) => each === tag.toLowerCase().split("-")[0]);

/**
 * Finds the language for a reader.
 *
 * @param wanted - Language tags in the order of preference, such as `navigator.languages`.
 * @param chosen - Language that the reader has chosen; it comes first.
 * @returns The language of the texts, and the tag for `Intl`, which also says how numbers and dates are written.
 */
export function chooseLanguage(
  wanted: readonly string[],
  chosen: Language | null = null,
): { language: Language; locale: string } {
  const sameLanguage = wanted.filter((tag) => chosen !== null && languageOf(tag) === chosen);
  for (const tag of [...sameLanguage, ...(chosen ? [chosen] : []), ...wanted]) {
    const language = languageOf(tag);
    if (language) return { language, locale: tag };
  }
  return { language: DEFAULT, locale: DEFAULT };
}

/** The language that was chosen in this browser; `null` for the browser's own. */
export function storedLanguage(): Language | null {
  try {
    return languageOf(globalThis.localStorage?.getItem(STORAGE_KEY) ?? "") ?? null;
  } catch {
    return null; // browsers may refuse storage to the player in a frame of another page
  }
}

/** Chooses a language, or the browser's own with `null`, and shows the page in it. */
export function switchLanguage(language: Language | null): void {
  if (language === null) localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, language);
  window.location.reload();
}

// Node 20, which runs the unit tests, has no navigator.
export const { language, locale } = chooseLanguage(globalThis.navigator?.languages ?? [], storedLanguage());
