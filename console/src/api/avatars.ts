/** Calls of the avatars API: pictures of characters, and saved avatars. */
import { AvatarFace } from "../files/avatar-face.ts";
import { words } from "../words/index.ts";
import { ApiError, unreachable } from "./error.ts";
import { bearer } from "./token.ts";

/** A picture of a character that does not exist. */
export interface AvatarPicture {
  image_url: string;
  /** A short, silent video of the character. */
  preview_url?: string | null;
}

export interface AvatarJob {
  status: "queued" | "processing" | "completed" | "failed";
  data: { id: string; error_log: string | null; avatar: { images: readonly AvatarPicture[] } | null };
}

export interface SavedAvatar {
  id: string;
  name: string;
  image_url: string;
}

/** What a character is to be like. */
export interface CharacterRequest {
  prompt: string;
  hints: Readonly<Record<string, string>>;
  /** Pictures as data URLs. */
  references: readonly string[];
  count: number;
  seed: number;
}

const BASE = "/api/v1";
const WAIT_S = 20;

/** An error of this API, which has a shape of its own. */
function errorOf(answer: Response, body: unknown): ApiError {
  const wait = Number(answer.headers.get("Retry-After"));
  if (typeof body === "object" && body !== null && "error" in body) {
    const { code, message } = body.error as { code: string; message: string };
    return new ApiError(code, message, answer.status, wait || null);
  }
  return new ApiError("unexpected", words.errors.unexpectedStatus(answer.status), answer.status);
}

async function call<Data>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Data> {
  const headers = new Headers();
  headers.set("Authorization", `Bearer ${await bearer()}`);
  headers.set("Content-Type", "application/json");
  const answer = await fetch(BASE + path, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    throw signal?.aborted ? error : unreachable();
  });
  const said: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw errorOf(answer, said);
  return said as Data;
}

/** Asks for pictures. Returns the ID of the job. */
export async function requestAvatars({ references, count, ...wanted }: CharacterRequest): Promise<string> {
  const body = {
    ...wanted,
    output: { count, preview: true },
    ...(references.length ? { reference_images: references } : {}),
  };
  return (await call<{ job_id: string }>("POST", "/avatars/generate", body)).job_id;
}

/** A job, when it has ended or after some seconds. */
export async function waitForAvatars(jobId: string, signal: AbortSignal): Promise<AvatarJob> {
  const query = `wait_for_completion=true&timeout_seconds=${WAIT_S}`;
  return await call("GET", `/jobs/${jobId}?${query}`, undefined, signal);
}

export async function saveAvatar(jobId: string, index: number, name: string): Promise<SavedAvatar> {
  return await call("POST", "/avatars/save", { job_id: jobId, image_index: index, name });
}

export async function listAvatars(signal: AbortSignal): Promise<readonly SavedAvatar[]> {
  const { data } = await call<{ data: SavedAvatar[] }>("GET", "/avatars?limit=100", undefined, signal);
  return data;
}

export async function deleteAvatar(id: string): Promise<void> {
  await call("DELETE", `/avatars/${id}`);
}

/** A picture as a file, to be used as a face; that of a saved avatar knows its ID. */
export async function fetchPicture(url: string, name: string, avatarId?: string): Promise<File> {
  const answer = await fetch(url).catch(() => {
    throw unreachable();
  });
  if (!answer.ok)
    throw new ApiError("unexpected", words.errors.unexpectedStatus(answer.status), answer.status);
  const picture = await answer.blob();
  if (avatarId !== undefined) return new AvatarFace(picture, name, avatarId);
  return new File([picture], name, { type: picture.type });
}
