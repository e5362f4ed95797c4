/** The console's own API, typed by its description; who is signed in, is in a cookie. */
import createClient from "openapi-fetch";
import { words } from "../words/index.ts";
import { Failure, failureOf, unreachable } from "./failure.ts";
import type { components, paths } from "./schema.ts";

type Schemas = components["schemas"];
export type Session = Schemas["SignInAnswer"];
export type KeyRow = Schemas["KeyRow"];
export type NewKey = Schemas["NewKey"];
export type JobRow = Schemas["ConsoleJobRow"];
export type LiveRow = Schemas["LiveRow"];
export type UsageAnswer = Schemas["UsageAnswer"];
export type WorkersAnswer = Schemas["WorkersAnswer"];
export type SettingRow = Schemas["SettingRow"];
export type Token = Schemas["TokenAnswer"];

let whenSignedOut: () => void = () => undefined;

/** Says whom to tell when the server no longer knows this browser. */
export function onSignedOut(callback: () => void): void {
  whenSignedOut = callback;
}

const ANSWER_MS = 20_000;
const UPLOAD_MS = 120_000;

export const consoleApi = createClient<paths>({
  baseUrl: "",
  // A server that takes a request and never answers must not leave the page waiting for good.
  fetch: (request) => {
    const isUpload = request.headers.get("content-type")?.startsWith("multipart/");
    const late = AbortSignal.timeout(isUpload ? UPLOAD_MS : ANSWER_MS);
    return fetch(request, { signal: AbortSignal.any([request.signal, late]) });
  },
});

consoleApi.use({
  onError: ({ error, request }) => (request.signal.aborted ? (error as Error) : unreachable()),
  async onResponse({ response }) {
    if (response.ok) return;
    const failure = failureOf(response.status, await response.json().catch(() => null));
    if (failure.code === "signed_out") whenSignedOut();
    throw failure;
  },
});

/** What an answer holds; failures were thrown before. */
export function held<Data>(answer: { data?: Data }): Data {
  if (answer.data === undefined) throw new Failure("unexpected", words.errors.emptyResponse, 0);
  return answer.data;
}
