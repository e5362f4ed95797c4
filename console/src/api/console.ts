/** A typed client of the console's own API. A cookie says who is signed in. */
import createClient from "openapi-fetch";
import { words } from "../words/index.ts";
import { ApiError, apiErrorOf, unreachable } from "./error.ts";
import type { components, paths } from "./schema.ts";

type Schemas = components["schemas"];
export type Session = Schemas["SignInAnswer"];
export type KeyRow = Schemas["KeyRow"];
export type NewKey = Schemas["NewKey"];
export type JobRow = Schemas["ConsoleJobRow"];
export type LiveRow = Schemas["LiveRow"];
export type SpokenRow = Schemas["SpokenRow"];
export type PaymentRow = Schemas["PaymentRow"];
export type UsageAnswer = Schemas["UsageAnswer"];
export type ConversationAnswer = Schemas["ConversationAnswer"];
export type WorkersAnswer = Schemas["WorkersAnswer"];
export type SettingRow = Schemas["SettingRow"];
export type UserRow = Schemas["UserRow"];
export type InvitedUser = Schemas["InvitedUser"];
export type Invited = Schemas["InvitedAnswer"];
export type Token = Schemas["TokenAnswer"];

let signedOut: () => void = () => undefined;

/** Sets what is called when the server has signed this browser out. */
export function onSignedOut(callback: () => void): void {
  signedOut = callback;
}

const RESPONSE_TIMEOUT_MS = 20_000;
const UPLOAD_TIMEOUT_MS = 120_000;

export const consoleApi = createClient<paths>({
  baseUrl: "",
  // A server that accepts a request and never responds must not leave the page waiting forever.
  fetch: (request) => {
    const isUpload = request.headers.get("content-type")?.startsWith("multipart/");
    const timeout = AbortSignal.timeout(isUpload ? UPLOAD_TIMEOUT_MS : RESPONSE_TIMEOUT_MS);
    return fetch(request, { signal: AbortSignal.any([request.signal, timeout]) });
  },
});

consoleApi.use({
  onError: ({ error, request }) => (request.signal.aborted ? (error as Error) : unreachable()),
  async onResponse({ response }) {
    if (response.ok) return;
    const error = apiErrorOf(response.status, await response.json().catch(() => null));
    if (error.code === "signed_out") signedOut();
    throw error;
  },
});

/** The data of a response. Error responses were thrown before. */
export function dataOf<Data>(answer: { data?: Data }): Data {
  if (answer.data === undefined) throw new ApiError("unexpected", words.errors.emptyResponse, 0);
  return answer.data;
}
