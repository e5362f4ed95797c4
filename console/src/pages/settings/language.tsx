import { words } from "../../words/index.ts";
import { LANGUAGES, storedLanguage, switchLanguage } from "../../words/language.ts";

/** The name of a language in that language. */
const nameOf = (language: string) => new Intl.DisplayNames([language], { type: "language" }).of(language);

/** The choice of the console's language. */
export function LanguageChoice() {
  return (
    <label className="field language">
      <span>{words.settings.language}</span>
      <select
        className="input"
        value={storedLanguage() ?? ""}
        onChange={(event) =>
          switchLanguage(LANGUAGES.find((language) => language === event.target.value) ?? null)
        }
      >
        <option value="">{words.settings.browserLanguage}</option>
        {LANGUAGES.map((language) => (
          <option key={language} value={language} lang={language}>
            {nameOf(language)}
          </option>
        ))}
      </select>
    </label>
  );
}
