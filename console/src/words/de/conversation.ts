/** Gespräche: ihre Einstellungen, und was gesagt wird. */
import type { Words } from "../index.ts";

export const conversation: Words["conversation"] = {
  modes: "Art der Sitzung",
  mode: { passthrough: "Selbst sprechen", conversation: "Gespräch" },
  modeAbout: {
    passthrough: "Der Avatar sagt, was Sie sagen oder ihm senden.",
    conversation: "Der Avatar hört Ihnen zu und antwortet.",
  },

  systemPrompt: "System-Prompt",
  promptHint: "Wer der Avatar ist und was er weiß.",
  promptPlaceholder: "Wer der Avatar ist und was er weiß",
  firstPrompt:
    "Du arbeitest am Empfang des Café Blau. Sei freundlich und fasse dich kurz.\n\n" +
    "Wir haben von 9 Uhr bis 18 Uhr geöffnet, montags geschlossen.\n" +
    "Wir sind in der Hafenstraße 12, neben dem alten Leuchtturm.\n" +
    "Ein Kaffee kostet 3 Euro und ein Stück Kuchen 5 Euro.\n" +
    "Tische reservieren wir unter 555 0123. Hunde sind willkommen.",
  keepTranscript: (time) => `Die Mitschrift ${time} lang mit der Sitzung aufbewahren`,
  price: (price) => `Ein Gespräch kostet ${price} pro Stunde.`,
  notLoaded: "Die Stimmen konnten nicht geladen werden",

  answersFromModel: (model) => `Es antwortet das Sprachmodell ${model}.`,
  answersFromText: "Der Avatar antwortet nur aus dem Text oben",
  answersFromTextMore:
    "Es ist kein Sprachmodell eingerichtet. Der Avatar sagt die Sätze, die zur Frage passen, und sonst, dass er es nicht weiß. Schreiben Sie ganze Sätze.",

  transcript: "Mitschrift",
  nothingSaid: "Sagen Sie etwas, zum Beispiel: „Wann haben Sie geöffnet?“",
  you: "Sie",
  avatar: "Avatar",
  mutedHint: "Ihr Mikrofon ist stumm. Der Avatar antwortet auf das, was Sie schreiben.",
  chat: "Den Avatar fragen",
  send: "Fragen",
  say: "Text, den der Avatar sagt",
  sayButton: "Sagen",
  sayHint: "Auf „Fragen“ folgt eine Antwort. „Sagen“ wird Wort für Wort gesprochen.",
  notSent: "Der Text konnte nicht gesendet werden",
};
