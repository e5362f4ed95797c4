import { bytes } from "../parts/format.ts";

/** Why a file cannot be taken for its size alone; `null` if it can. */
export function sizeProblem(file: Blob, maxBytes: number): string | null {
  if (file.size === 0) return "This file is empty. Choose another.";
  if (file.size <= maxBytes) return null;
  return `This file is too large: ${bytes(file.size)}, and ${bytes(maxBytes)} are the most. Choose a smaller one.`;
}
