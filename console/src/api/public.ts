/** Calls of the public API through the SDK's client. */
import { type ConversationOptions, sessionForm } from "@visavis/core";
import { type ApiClient, type components, createApiClient, type paths } from "@visavis/core/api";
import { setFace } from "../files/avatar-face.ts";
import { words } from "../words/index.ts";
import { ApiError, apiErrorOf, unreachable } from "./error.ts";
import { bearer } from "./token.ts";

type Schemas = components["schemas"];
export type Job = Schemas["JobAnswer"];
export type Voice = Schemas["VoiceAnswer"];
export type LiveSessionEnd = Schemas["Ended"];
type LiveSession = Schemas["Created"];

/** A text to speak, its language and its voice. */
export interface Speech {
  text: string;
  language: string;
  voice: string;
}

type VideoForm = paths["/v1/generate"]["post"]["requestBody"]["content"]["multipart/form-data"];
type OptionName = "frame" | "size" | "fps" | "background" | "liveliness" | "emotion" | "seed" | "captions";

/** How a video is made, by the names of the API. */
export type VideoOptions = Required<Pick<VideoForm, OptionName>>;

export const isFinished = (job: Job): boolean => job.status === "completed" || job.status === "failed";

const clients = new Map<number | null, ApiClient>();

/** A client that acts as an API key, with short-lived tokens; as the user's own key by default. */
function api(keyId: number | null = null): ApiClient {
  const kept = clients.get(keyId);
  if (kept) return kept;
  const made = createApiClient({
    baseUrl: window.location.origin,
    apiKey: "",
    fetch: async (request) => {
      request.headers.set("Authorization", `Bearer ${await bearer(keyId)}`);
      return await fetch(request).catch((error: unknown) => {
        throw request.signal.aborted ? error : unreachable();
      });
    },
  });
  clients.set(keyId, made);
  return made;
}

/** The data of a response. Error responses are thrown. */
function dataOf<Data>(answer: { data?: Data; error?: unknown; response: Response }): Data {
  if (answer.data !== undefined) return answer.data;
  throw apiErrorOf(answer.response.status, answer.error);
}

export async function getJob(id: string, keyId: number | null = null): Promise<Job> {
  return dataOf(await api(keyId).GET("/v1/jobs/{job_id}", { params: { path: { job_id: id } } }));
}

/** Uploads a form; `progress` receives the share that was sent, 0..1. Returns the job's ID. */
async function submit(path: string, form: FormData, progress: (share: number) => void): Promise<string> {
  const token = await bearer();
  // Not the client: fetch reports no upload progress.
  return await new Promise<string>((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", path);
    sending.setRequestHeader("Authorization", `Bearer ${token}`);
    sending.responseType = "json";
    sending.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    sending.onerror = () => reject(unreachable());
    sending.onload = () => {
      const body: unknown = sending.response;
      if (sending.status === 202 && typeof body === "object" && body !== null && "job_id" in body)
        resolve(String(body.job_id));
      else reject(apiErrorOf(sending.status, body));
    };
    sending.send(form);
  });
}

function setOptions(form: FormData, options: VideoOptions): void {
  for (const [name, value] of Object.entries(options)) form.set(name, String(value));
}

export async function submitAudio(
  face: Blob,
  sound: Blob,
  options: VideoOptions,
  progress: (share: number) => void,
): Promise<string> {
  const form = new FormData();
  setFace(form, face, "image");
  form.set("audio", sound, "sound");
  setOptions(form, options);
  return await submit("/v1/generate", form, progress);
}

export async function submitText(
  face: Blob,
  speech: Speech,
  options: VideoOptions,
  progress: (share: number) => void,
): Promise<string> {
  const form = new FormData();
  setFace(form, face, "image");
  for (const [name, value] of Object.entries(speech)) if (value) form.set(name, value);
  setOptions(form, options);
  return await submit("/v1/tts/generate-video", form, progress);
}

/** The voices that texts can be spoken with. */
export async function listVoices(): Promise<readonly Voice[]> {
  return dataOf(await api().GET("/v1/voices")).voices;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const POLL_MS = 250;

/** Synthesizes a text on the server, and returns the audio. */
export async function synthesizeSpeech(speech: Speech, signal: AbortSignal): Promise<Blob> {
  const made = dataOf(await api().POST("/v1/tts/generate-wav", { body: speech, signal }));
  for (;;) {
    const job = await getJob(made.job_id);
    signal.throwIfAborted();
    if (job.status === "failed")
      throw new ApiError(job.error_code ?? "failed", job.error ?? words.errors.jobFailed, 0);
    if (job.url) return await (await fetch(job.url, { signal })).blob();
    await pause(POLL_MS);
  }
}

export async function createLiveSession(
  face: File | null,
  conversation: ConversationOptions | null,
): Promise<LiveSession> {
  const form = sessionForm(null, null, conversation);
  if (face) setFace(form, face, "face");
  // The client sends a form as it is; its type knows the fields alone.
  return dataOf(
    await api().POST("/v1/realtime/session", { body: form as unknown as { mode: "conversation" } }),
  );
}

export async function swapFace(id: string, face: Blob): Promise<void> {
  const params = { path: { session_id: id } };
  const form = new FormData();
  setFace(form, face, "face");
  // The client sends a form as it is; its type knows the fields alone.
  const body = form as unknown as { face: Blob };
  dataOf(await api().PATCH("/v1/realtime/session/{session_id}", { params, body }));
}

const RECORDING = "/v1/realtime/session/{session_id}/recording";

/** Records a running session. Returns the ID of the job that it becomes when it ends. */
export async function startRecording(id: string): Promise<string> {
  return dataOf(await api().POST(RECORDING, { params: { path: { session_id: id } } })).job_id;
}

export async function stopRecording(id: string): Promise<void> {
  dataOf(await api().DELETE(RECORDING, { params: { path: { session_id: id } } }));
}

/** Reads a session, also one that has ended. */
export async function readLiveSession(id: string) {
  const params = { path: { session_id: id } };
  return dataOf(await api().GET("/v1/realtime/session/{session_id}", { params }));
}

/** Ends a session. `keepalive` lets the request finish when the page is left. */
export async function endLiveSession(id: string, keyId: number | null = null): Promise<LiveSessionEnd> {
  const params = { path: { session_id: id } };
  return dataOf(await api(keyId).DELETE("/v1/realtime/session/{session_id}", { params, keepalive: true }));
}
