/** Agents, and the documents that they know. */
import { plural } from "./plural.ts";

export const agents = {
  about:
    "Agents that your programs made with the API: a face, a voice, a manner and a prompt under one code.",
  failed: "Could not load agents",
  empty: {
    title: "No agents yet",
    text: "Your programs make them with `POST /v1/agent/generate`.",
  },
  columns: { agent: "Agent", code: "Code", status: "Status", voice: "Voice", created: "Created" },
  unnamed: "Unnamed",
  notLoaded: "Could not load this agent",
  prompt: "System prompt",

  documents: "Documents",
  documentsAbout: "The agent takes answers from them, and the transcript names those that it used.",
  documentsFailed: "Could not load the documents",
  noDocuments: "This agent knows no documents yet.",
  document: "Document",
  kind: "Format",
  kinds: { pdf: "PDF", html: "Web page", markdown: "Markdown", text: "Text" },
  length: "Length",
  characters: (count: number, written: string) =>
    plural(count, { one: `${written} character`, other: `${written} characters` }),
  passages: "Passages",
  added: "Added",
  actions: "Actions",
  addFile: "Add file",
  fileHint: "PDF, web page, Markdown or text",
  file: "File of a document",
  url: "Web address of a document",
  urlPlaceholder: "https://example.com/handbook.pdf",
  addUrl: "Add address",
  adding: "Reading the document…",
  addedToast: (name: string) => `Added “${name}”.`,
  notAdded: "Could not add the document",
  remove: "Delete",
  removeNamed: (name: string) => `Delete ${name}`,
  removeTitle: (name: string) => `Delete “${name}”?`,
  removeText: "The agent forgets it from its next answer on.",
  removeConfirm: "Delete document",
  removedToast: (name: string) => `Deleted “${name}”.`,
};
