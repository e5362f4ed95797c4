/** The voices of the server, by language. */
import { useQuery } from "@tanstack/react-query";
import { listVoices, type Voice } from "../api/public.ts";
import { words } from "../words/index.ts";
import { language } from "../words/language.ts";

/** The language in which the pages' own texts are spoken. */
export const OWN_LANGUAGE = { en: "en-us", de: "de" }[language];

const primary = (tag: string): string => tag.split("-")[0] ?? tag;

/** The voices that speak a language, those of the same variety of it first. */
export function voicesOf<Known extends Pick<Voice, "languages">>(
  voices: readonly Known[],
  language: string,
): Known[] {
  const speaking = voices.filter((voice) =>
    voice.languages.some((tag) => primary(tag) === primary(language)),
  );
  const isOwn = (voice: Known) => voice.languages[0] === language;
  return [...speaking.filter(isOwn), ...speaking.filter((voice) => !isOwn(voice))];
}

/** The name of a voice, and whose it sounds like. */
export function nameOfVoice(voice: Pick<Voice, "name"> & { sex?: string | null }): string {
  const sexes: Readonly<Record<string, string>> = words.voice.sexes;
  const sex = voice.sex ? sexes[voice.sex] : undefined;
  return sex ? words.voice.name(voice.name, sex) : voice.name;
}

/** The voices that can speak a language now: those whose model is on the server. */
export function useVoices(language: string): readonly Voice[] {
  const voices = useQuery({ queryKey: ["voices"], queryFn: listVoices, staleTime: 60_000 });
  return voicesOf(
    (voices.data ?? []).filter(({ ready }) => ready),
    language,
  );
}
