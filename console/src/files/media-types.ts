/** Media types by a file's first bytes. File names and the browser's guess are unreliable. */
import { words } from "../words/index.ts";

// Offset, signature and media type. The first match counts.
const SIGNATURES: readonly [at: number, sign: string, kind: string][] = [
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

/** The media types that the API accepts. */
export const PHOTO_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp"]);
export const AUDIO_TYPES: ReadonlySet<string> = new Set([
  "audio/wav",
  "audio/mpeg",
  "audio/ogg",
  "audio/webm",
  "audio/mp4",
  "audio/aac",
  "audio/flac",
]);
/** Filters for file choosers: media types, and extensions for systems that do not know the types. */
export const PHOTO_ACCEPT = [...PHOTO_TYPES].join(",");
export const AUDIO_ACCEPT = [
  ...AUDIO_TYPES,
  ...["audio/x-m4a", "audio/x-wav", "audio/x-flac", "video/mp4", "video/webm"],
  ...[".wav", ".mp3", ".ogg", ".oga", ".opus", ".webm", ".m4a", ".mp4", ".aac", ".flac"],
].join(",");

/** The media type by the first bytes; `null` if it is unknown. */
export function mediaTypeOfBytes(head: Uint8Array): string | null {
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  for (const [at, sign, kind] of SIGNATURES)
    if (text.startsWith(sign, at) && (at !== 8 || text.startsWith("RIFF"))) return kind;
  // MPEG audio begins with a frame header: eleven set bits, then a layer, which is 0 in AAC.
  const [first = 0, second = 0] = head;
  if (first === 0xff && (second & 0xe0) === 0xe0) return (second >> 1) & 3 ? "audio/mpeg" : "audio/aac";
  return null;
}

export async function mediaTypeOf(file: Blob): Promise<string | null> {
  return mediaTypeOfBytes(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
}

/** The name of a media type, such as "a JPEG image". */
export function nameOfType(kind: string): string {
  const { types, imageType, otherType } = words.files;
  const [family, name = ""] = kind.split("/");
  return types[kind] ?? (family === "image" ? imageType : otherType)(name.toUpperCase());
}
