import { bytes } from "../components/format.ts";
import { words } from "../words/index.ts";

/** Why the size of a file is not allowed; `null` if it is. */
export function sizeProblem(file: Blob, maxBytes: number): string | null {
  if (file.size === 0) return words.files.empty;
  if (file.size <= maxBytes) return null;
  return words.files.tooLarge(bytes(file.size), bytes(maxBytes));
}
