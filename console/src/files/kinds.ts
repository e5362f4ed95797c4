/** What a file is, told by its first bytes: names and the browser's guess say little. */
import { words } from "../words/index.ts";

// Where, what, and which media type. The first that fits counts.
const SIGNS: readonly [at: number, sign: string, kind: string][] = [
  [0, "\x89PNG\r\n\x1a\n", "image/png"],
  [0, "\xff\xd8\xff", "image/jpeg"],
  [8, "WEBP", "image/webp"],
  [8, "WAVE", "audio/wav"],
  [8, "AVI ", "video/x-msvideo"],
  [0, "ID3", "audio/mpeg"],
  [0, "OggS", "audio/ogg"],
  [0, "\x1aE\xdf\xa3", "audio/webm"],
  [0, "fLaC", "audio/flac"],
  [4, "ftypavi", "image/avif"],
  [4, "ftyphei", "image/heic"],
  [4, "ftypmif1", "image/heic"],
  [4, "ftyp", "audio/mp4"],
  [0, "GIF8", "image/gif"],
  [0, "BM", "image/bmp"],
  [0, "II*\0", "image/tiff"],
  [0, "MM\0*", "image/tiff"],
  [0, "FORM", "audio/aiff"],
  [0, "#!AMR", "audio/amr"],
  [0, "%PDF", "application/pdf"],
  [0, "PK\x03\x04", "application/zip"],
  [0, "<svg", "image/svg+xml"],
  [0, "<?xml", "text/xml"],
];
const HEAD_BYTES = 16;

/** The kinds that the API takes. */
export const PHOTO_KINDS: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp"]);
export const SOUND_KINDS: ReadonlySet<string> = new Set([
  "audio/wav",
  "audio/mpeg",
  "audio/ogg",
  "audio/webm",
  "audio/mp4",
  "audio/aac",
  "audio/flac",
]);
/** What file choosers offer: media types for most systems, endings for the others. */
export const PHOTO_ACCEPT = [...PHOTO_KINDS].join(",");
export const SOUND_ACCEPT = [
  ...SOUND_KINDS,
  ...["audio/x-m4a", "audio/x-wav", "audio/x-flac", "video/mp4", "video/webm"],
  ...[".wav", ".mp3", ".ogg", ".oga", ".opus", ".webm", ".m4a", ".mp4", ".aac", ".flac"],
].join(",");

/** The media type of a file by its first bytes; `null` if they are of no known kind. */
export function kindOfBytes(head: Uint8Array): string | null {
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  for (const [at, sign, kind] of SIGNS)
    if (text.startsWith(sign, at) && (at !== 8 || text.startsWith("RIFF"))) return kind;
  // MPEG audio begins with its frame: eleven bits, and a layer that is none in AAC.
  const [first = 0, second = 0] = head;
  if (first === 0xff && (second & 0xe0) === 0xe0) return (second >> 1) & 3 ? "audio/mpeg" : "audio/aac";
  return null;
}

export async function kindOf(file: Blob): Promise<string | null> {
  return kindOfBytes(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
}

/** A kind as people call it: "a JPEG image". */
export function wordsOfKind(kind: string): string {
  const { types, imageType, otherType } = words.files;
  const [family, name = ""] = kind.split("/");
  return types[kind] ?? (family === "image" ? imageType : otherType)(name.toUpperCase());
}
