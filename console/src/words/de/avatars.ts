/** Avatare erstellen und gespeicherte auswählen. */
import type { Words } from "../index.ts";

export const avatars: Words["avatars"] = {
  about:
    "Beschreiben Sie eine Person, die es nicht gibt, wählen Sie einen von vier Vorschlägen und speichern Sie ihn als Avatar.",
  prompt: "Beschreibung",
  promptPlaceholder: "Eine freundliche Ärztin um die 40 mit lockigem grauem Haar und runder Brille",
  hints: "Details",
  any: "Beliebig",
  choices: {
    gender_expression: { name: "Geschlecht", values: { woman: "Frau", man: "Mann" } },
    age_range: {
      name: "Alter",
      values: { "20-30": "20 bis 30", "30-40": "30 bis 40", "40-50": "40 bis 50", "60-70": "60 bis 70" },
    },
    skin_tone: { name: "Haut", values: { light: "Hell", medium: "Mittel", tan: "Gebräunt", dark: "Dunkel" } },
    hair_style: {
      name: "Haar",
      values: { short: "Kurz", long: "Lang", curly: "Lockig", braids: "Zöpfe", bald: "Glatze" },
    },
    outfit_category: {
      name: "Kleidung",
      values: { suit: "Anzug", scrubs: "Kasack", hoodie: "Kapuzenpullover", shirt: "Hemd" },
    },
    mood: { name: "Stimmung", values: { friendly: "Freundlich", serious: "Ernst", calm: "Ruhig" } },
  },
  references: "Referenzfotos",
  referencesHint:
    "Ziehen Sie bis zu sechs Fotos hierher. Die neue Person ist von ihnen inspiriert und keine von ihnen.",
  addReference: "Foto hinzufügen",
  removeReference: (name) => `${name} entfernen`,
  generator: "Bildgenerator",
  usualGenerator: "Vorgabe des Servers",
  generators: { painter: "Eingebauter Maler", service: "Bilddienst" },
  generatorHints: {
    painter: "Beschreibungen und Fotos bleiben auf diesem Server.",
    service: "Beschreibungen und Fotos werden an den Bilddienst gesendet.",
  },
  notChosen: "Der Bildgenerator konnte nicht gewechselt werden",
  create: "Vier Vorschläge erstellen",
  again: "Vier andere erstellen",
  creating: "Vorschläge werden erstellt…",
  failed: "Die Vorschläge konnten nicht erstellt werden",
  noResult:
    "Es konnte kein Vorschlag erstellt werden. Ändern Sie die Beschreibung und versuchen Sie es erneut.",
  candidates: "Vorschläge",
  candidate: (number) => `Vorschlag ${number}`,
  hint: "Hier erscheinen die Vorschläge. Jedes Bild trägt Content Credentials, die es als KI-generiert ausweisen.",
  name: "Name",
  namePlaceholder: "Name des Avatars",
  save: "Avatar speichern",
  saving: "Wird gespeichert…",
  saved: (name) => `${name} gespeichert`,
  notSaved: "Der Avatar konnte nicht gespeichert werden",
  useInStudio: "Im Studio verwenden",
  useInLive: "Live verwenden",
  notLoaded: "Das Bild konnte nicht geladen werden",
  gallery: "Gespeicherte Avatare",
  galleryEmpty: "Noch keine gespeicherten Avatare.",
  galleryNotLoaded: "Die gespeicherten Avatare konnten nicht geladen werden",
  use: (name) => `${name} verwenden`,
  remove: (name) => `${name} löschen`,
  notRemoved: "Der Avatar konnte nicht gelöscht werden",
};
