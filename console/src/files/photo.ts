/** Photos are checked when they are chosen: here for what they are, at the server for a face. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { consoleApi, held } from "../api/console.ts";
import { Failure } from "../api/failure.ts";
import { words } from "../words/index.ts";
import { identityOf } from "./identity.ts";
import { kindOf, PHOTO_KINDS, wordsOfKind } from "./kinds.ts";
import { sizeProblem } from "./size.ts";

/** Points round a face, in order: x and y of each in shares of the picture. */
export type Outline = readonly (readonly number[])[];

export interface CheckedPhoto {
  /** Why it cannot be used; `null` if it can. */
  problem: string | null;
  /** What to know although it can be used. */
  notes: readonly string[];
  /** Round the face; `null` while no face is known. */
  outline: Outline | null;
}

const REFUSED: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** Why a file is no photo that can be taken; `null` if it may be one. */
export async function photoProblem(file: Blob, maxBytes: number): Promise<string | null> {
  const problem = sizeProblem(file, maxBytes);
  if (problem) return problem;
  const kind = await kindOf(file);
  if (kind === null) return words.files.unreadablePhoto;
  return PHOTO_KINDS.has(kind) ? null : words.files.wrongPhoto(wordsOfKind(kind));
}

async function lookForFace(photo: Blob, signal: AbortSignal): Promise<CheckedPhoto> {
  const form = new FormData();
  form.set("image", photo, "photo");
  try {
    const answer = await consoleApi.POST("/console/api/checks/photo", {
      body: form as unknown as { image: string },
      signal,
    });
    const { outline, warnings } = held(answer);
    return { problem: null, notes: warnings, outline };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (REFUSED.has(error.status)) return { problem: error.message, notes: [], outline: null };
    return { problem: null, notes: [words.files.uncheckedPhoto], outline: null };
  }
}

/** What is known of a chosen photo; nothing while the server looks. */
export function useCheckedPhoto(photo: Blob | null): { checked: CheckedPhoto | null; isChecking: boolean } {
  const found = useQuery({
    ...queryOptions({
      queryKey: ["photo", photo && identityOf(photo)],
      queryFn: ({ signal }) => lookForFace(photo ?? new Blob(), signal),
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),
    enabled: photo !== null,
  });
  return { checked: found.data ?? null, isChecking: photo !== null && found.isFetching };
}
