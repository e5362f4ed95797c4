/** Agenten, und die Dokumente, die sie kennen. */
import type { Words } from "../index.ts";
import { plural } from "./plural.ts";

export const agents: Words["agents"] = {
  about:
    "Agenten, die Ihre Programme mit der API erstellt haben: Gesicht, Stimme, Eigenart und Prompt unter einem Code.",
  failed: "Die Agenten konnten nicht geladen werden",
  empty: {
    title: "Noch keine Agenten",
    text: "Ihre Programme erstellen sie mit `POST /v1/agent/generate`.",
  },
  columns: { agent: "Agent", code: "Code", status: "Status", voice: "Stimme", created: "Erstellt" },
  unnamed: "Ohne Namen",
  notLoaded: "Dieser Agent konnte nicht geladen werden",
  prompt: "System-Prompt",

  documents: "Dokumente",
  documentsAbout: "Der Agent entnimmt ihnen Antworten, und die Mitschrift nennt die verwendeten.",
  documentsFailed: "Die Dokumente konnten nicht geladen werden",
  noDocuments: "Dieser Agent kennt noch keine Dokumente.",
  document: "Dokument",
  kind: "Format",
  kinds: { pdf: "PDF", html: "Webseite", markdown: "Markdown", text: "Text" },
  length: "Länge",
  characters: (count, written) => plural(count, { one: `${written} Zeichen`, other: `${written} Zeichen` }),
  passages: "Abschnitte",
  added: "Hinzugefügt",
  actions: "Aktionen",
  addFile: "Datei hinzufügen",
  fileHint: "PDF, Webseite, Markdown oder Text",
  file: "Datei eines Dokuments",
  url: "Webadresse eines Dokuments",
  urlPlaceholder: "https://example.com/handbuch.pdf",
  addUrl: "Adresse hinzufügen",
  adding: "Das Dokument wird gelesen…",
  addedToast: (name) => `„${name}“ hinzugefügt.`,
  notAdded: "Das Dokument konnte nicht hinzugefügt werden",
  remove: "Löschen",
  removeNamed: (name) => `${name} löschen`,
  removeTitle: (name) => `„${name}“ löschen?`,
  removeText: "Der Agent vergisst es ab seiner nächsten Antwort.",
  removeConfirm: "Dokument löschen",
  removedToast: (name) => `„${name}“ gelöscht.`,
};
