/** Calls of the agents API: agents, and the documents that they know. */
import { call } from "./call.ts";

export interface AgentRow {
  code: string;
  name: string | null;
  status: "processing" | "generating" | "completed" | "ready" | "failed";
  error_message: string | null;
  system_prompt: string;
  image_url: string | null;
  voice_id: string | null;
  created_at: string;
}

export interface AgentDocument {
  document_id: string;
  name: string;
  kind: "pdf" | "html" | "markdown" | "text";
  chars: number;
  passages: number;
  created_at: string;
}

interface Listed<Row> {
  data: readonly Row[];
  pagination: { has_more: boolean };
}

const PAGE_ROWS = 100;
const MAX_NAME_CHARS = 200;

/** All rows of a list, page by page. */
async function all<Row>(path: string, signal: AbortSignal): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const query = `limit=${PAGE_ROWS}&offset=${rows.length}`;
    const { data, pagination } = await call<Listed<Row>>("GET", `${path}?${query}`, { signal });
    rows.push(...data);
    if (!pagination.has_more || data.length === 0) return rows;
  }
}

const pathOf = (code: string): string => `/v1/agent/${encodeURIComponent(code)}`;

export const listAgents = (signal: AbortSignal): Promise<readonly AgentRow[]> => all("/v1/agents", signal);

export async function getAgent(code: string, signal: AbortSignal): Promise<AgentRow> {
  return (await call<{ data: AgentRow }>("GET", pathOf(code), { signal })).data;
}

export const listDocuments = (code: string, signal: AbortSignal): Promise<readonly AgentDocument[]> =>
  all(`${pathOf(code)}/documents`, signal);

/** Lets an agent know a file, or what is at a URL. */
export async function addDocument(code: string, from: File | string): Promise<AgentDocument> {
  let body: object = { url: from };
  if (from instanceof File) {
    const form = new FormData();
    form.set("file", from, from.name);
    form.set("name", from.name.slice(0, MAX_NAME_CHARS));
    body = form;
  }
  const path = `${pathOf(code)}/add-context`;
  return (await call<{ document: AgentDocument }>("POST", path, { body })).document;
}

export async function deleteDocument(code: string, id: string): Promise<void> {
  await call("DELETE", `${pathOf(code)}/documents/${encodeURIComponent(id)}`);
}
