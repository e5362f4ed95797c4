import { bytes } from "../parts/format.ts";
import { words } from "../words/index.ts";

/** Why a file cannot be taken for its size alone; `null` if it can. */
export function sizeProblem(file: Blob, maxBytes: number): string | null {
  if (file.size === 0) return words.files.empty;
  if (file.size <= maxBytes) return null;
  return words.files.tooLarge(bytes(file.size), bytes(maxBytes));
}
