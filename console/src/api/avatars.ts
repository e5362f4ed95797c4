/** Calls of the avatars API: pictures of characters, and saved avatars. */
import { AvatarFace } from "../files/avatar-face.ts";
import { words } from "../words/index.ts";
import { call } from "./call.ts";
import { ApiError, unreachable } from "./error.ts";

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

/** Asks for pictures. Returns the ID of the job. */
export async function requestAvatars({ references, count, ...wanted }: CharacterRequest): Promise<string> {
  const body = {
    ...wanted,
    output: { count, preview: true },
    ...(references.length ? { reference_images: references } : {}),
  };
  return (await call<{ job_id: string }>("POST", `${BASE}/avatars/generate`, { body })).job_id;
}

/** A job, when it has ended or after some seconds. */
export async function waitForAvatars(jobId: string, signal: AbortSignal): Promise<AvatarJob> {
  const query = `wait_for_completion=true&timeout_seconds=${WAIT_S}`;
  return await call("GET", `${BASE}/jobs/${jobId}?${query}`, { signal });
}

/** What makes pictures: the painter of this server, or an image service. */
export type Generator = "painter" | "service";

export interface AvatarSettings {
  /** What the account chose; `null` for what the server uses. */
  generator: Generator | null;
  /** What makes the pictures now. */
  used_generator: Generator;
  may_choose: boolean;
}

export const getSettings = (signal: AbortSignal): Promise<AvatarSettings> =>
  call("GET", `${BASE}/avatars/settings`, { signal });

export const chooseGenerator = (generator: Generator | null): Promise<AvatarSettings> =>
  call("PUT", `${BASE}/avatars/settings`, { body: { generator } });

export async function saveAvatar(jobId: string, index: number, name: string): Promise<SavedAvatar> {
  const body = { job_id: jobId, image_index: index, name };
  return await call("POST", `${BASE}/avatars/save`, { body });
}

export async function listAvatars(signal: AbortSignal): Promise<readonly SavedAvatar[]> {
  const { data } = await call<{ data: SavedAvatar[] }>("GET", `${BASE}/avatars?limit=100`, { signal });
  return data;
}

export async function deleteAvatar(id: string): Promise<void> {
  await call("DELETE", `${BASE}/avatars/${id}`);
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
