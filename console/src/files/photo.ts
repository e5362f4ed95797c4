/** Photos are checked when they are chosen: the type here, the face on the server. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { consoleApi, dataOf } from "../api/console.ts";
import { ApiError, messageOf } from "../api/error.ts";
import { sentence, words } from "../words/index.ts";
import { identityOf } from "./identity.ts";
import { mediaTypeOf, nameOfType, PHOTO_TYPES } from "./media-types.ts";
import { sizeProblem } from "./size.ts";

/** The outline of a face: x and y of each point as shares of the image's width and height. */
export type Outline = readonly (readonly number[])[];

export interface CheckedPhoto {
  /** Why the file cannot be used; `null` if it can. */
  problem: string | null;
  /** Warnings about a file that can be used. */
  notes: readonly string[];
  /** Outline of the face; `null` until one is detected. */
  outline: Outline | null;
}

const REJECTED: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** Why a file cannot be a photo; `null` if it may be one. */
export async function photoProblem(file: Blob, maxBytes: number): Promise<string | null> {
  const problem = sizeProblem(file, maxBytes);
  if (problem) return problem;
  const kind = await mediaTypeOf(file);
  if (kind === null) return words.files.unreadablePhoto;
  return PHOTO_TYPES.has(kind) ? null : words.files.wrongPhoto(nameOfType(kind));
}

async function detectFace(photo: Blob, signal: AbortSignal): Promise<CheckedPhoto> {
  const form = new FormData();
  form.set("image", photo, "photo");
  try {
    const answer = await consoleApi.POST("/console/api/checks/photo", {
      body: form as unknown as { image: string },
      signal,
    });
    const { outline, warnings } = dataOf(answer);
    return { problem: null, notes: warnings.map((warning) => sentence(warning)), outline };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (REJECTED.has(error.status)) return { problem: messageOf(error), notes: [], outline: null };
    return { problem: null, notes: [words.files.uncheckedPhoto], outline: null };
  }
}

/** The check of a chosen photo; `null` while it runs. */
export function useCheckedPhoto(photo: Blob | null): { checked: CheckedPhoto | null; isChecking: boolean } {
  const found = useQuery({
    ...queryOptions({
      queryKey: ["photo", photo && identityOf(photo)],
      queryFn: ({ signal }) => detectFace(photo ?? new Blob(), signal),
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),
    enabled: photo !== null,
  });
  return { checked: found.data ?? null, isChecking: photo !== null && found.isFetching };
}
