/** The language of the pages: the first one of the browser's that there are texts in. */

export const LANGUAGES = ["en"] as const;
export type Language = (typeof LANGUAGES)[number];

const DEFAULT: Language = "en";

/**
 * Finds the language for a reader.
 *
 * @param wanted - Language tags in the order of preference, such as `navigator.languages`.
 * @returns The language of the texts, and the tag for `Intl`, which also says how numbers and dates are written.
 */
export function chooseLanguage(wanted: readonly string[]): { language: Language; locale: string } {
  for (const tag of wanted) {
    const language = LANGUAGES.find((each) => each === tag.toLowerCase().split("-")[0]);
    if (language) return { language, locale: tag };
  }
  return { language: DEFAULT, locale: DEFAULT };
}

// Node 20, which runs the unit tests, has no navigator.
export const { language, locale } = chooseLanguage(globalThis.navigator?.languages ?? []);
