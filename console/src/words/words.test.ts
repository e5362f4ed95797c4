import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { de } from "./de/index.ts";
import { en } from "./en/index.ts";
import { sentence, type Words, wordFor } from "./index.ts";
import { chooseLanguage } from "./language.ts";
import { pluralsOf } from "./plural.ts";

test.each([
  [["en-GB", "de"], { language: "en", locale: "en-GB" }],
  [["de-AT", "en"], { language: "de", locale: "de-AT" }],
  [["xx-XX", "EN-us"], { language: "en", locale: "EN-us" }],
  [["xx-XX"], { language: "en", locale: "en" }],
  [[], { language: "en", locale: "en" }],
])("of %j the first language that there is", (wanted, chosen) => {
  expect(chooseLanguage(wanted)).toEqual(chosen);
});

test("the language that was chosen comes before those of the browser", () => {
  expect(chooseLanguage(["en-GB", "de-AT"], "de")).toEqual({ language: "de", locale: "de-AT" });
  expect(chooseLanguage(["en-GB"], "de")).toEqual({ language: "de", locale: "de" });
  expect(chooseLanguage(["de-AT"], "en")).toEqual({ language: "en", locale: "en" });
});

test("a text has the form for its number, by the rules of its language", () => {
  const english = pluralsOf("en");
  const days = { one: "day", other: "days" };
  expect([0, 1, 2, 1.5].map((count) => english(count, days))).toEqual(["days", "day", "days", "days"]);
  const polish = pluralsOf("pl");
  const files = { one: "plik", few: "pliki", many: "plików", other: "pliku" };
  expect([1, 3, 5, 1.5].map((count) => polish(count, files))).toEqual(["plik", "pliki", "plików", "pliku"]);
});

test("a code that is newer than these pages is shown as it is", () => {
  expect(wordFor(en.sessions.reasons, "idle_timeout")).toBe("Idle timeout");
  expect(wordFor(en.sessions.reasons, "comet")).toBe("comet");
});

test("each group of settings has a German name", () => {
  const page = readFileSync(new URL("../../../docs/settings.md", import.meta.url), "utf8");
  const groups = page.split(/^## /m).filter((section) => /^\| variable \|/m.test(section));
  const names = groups.map((section) => section.slice(0, section.indexOf("\n")));
  expect(names).toContain("Storage");
  const ofPrograms = ["Clients", "Renamed settings"]; // the server does not list these
  expect(names.filter((name) => !ofPrograms.includes(name) && !de.settings.groups[name])).toEqual([]);
});

test.each([
  [
    "The photo does not stand upright; it was turned upside down.",
    "Das Foto stand auf dem Kopf. Es wurde gedreht.",
  ],
  [
    "The photo shows 3 faces. The largest one is used.",
    "Das Foto zeigt 3 Gesichter. Verwendet wird das größte.",
  ],
  [
    "The face is turned 41 degrees to the side, and the maximum is 30. Use a photo in which the person looks into the camera.",
    "Das Gesicht ist um 41 Grad abgewandt, erlaubt sind 30. Verwenden Sie ein Foto, auf dem die Person in die Kamera sieht.",
  ],
  ["A sentence that is newer than these pages.", "A sentence that is newer than these pages."],
])("the sentence “%s” of the server is said in the language of the page", (told, german) => {
  expect(sentence(told, de)).toBe(german);
  expect(sentence(told, en)).toBe(told);
});

test("a field of the API is not named to people", () => {
  const told = "url: the document cannot be fetched. The host name of the URL cannot be resolved.";
  expect(sentence(told, en)).toBe(
    "The document cannot be fetched. The host name of the URL cannot be resolved.",
  );
  expect(sentence(told, de)).toBe("Das Dokument kann von dieser Adresse nicht abgerufen werden.");
});

test("a translation that lacks a text does not compile", () => {
  const { retry: _, ...common } = en.common;
  // @ts-expect-error: `retry` is missing
  const incomplete: Words = { ...en, common };
  expect(incomplete.common).not.toHaveProperty("retry");
});

test.each([en, de])("every text is there, and is no template that was left open", (language) => {
  const texts = (value: unknown): unknown[] =>
    typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [value];
  for (const text of texts(language)) {
    const written = typeof text === "function" ? text(1, 1, 1) : text;
    expect(written).toMatch(/\S/);
    expect(written).not.toContain("undefined");
    expect(written.split("`").length % 2, written).toBe(1);
  }
});
