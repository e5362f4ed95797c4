/**
 * A tool that the avatar may call.
 *
 * @public
 */
export interface ConversationTool {
  name: string;
  /** What it does, for the language model. */
  description?: string | undefined;
  /** The JSON schema of its arguments, an object. */
  parameters?: Record<string, unknown> | undefined;
  /**
   * The HTTPS address that is called with the arguments. Without it, the tool is a remote procedure of that name
   * that the page registers with `room.localParticipant.registerRpcMethod`.
   */
  url?: string | undefined;
  /** Seconds to wait for the result. */
  timeout?: number | undefined;
}

/**
 * What a conversation is to be like. Everything is optional.
 *
 * @public
 */
export interface ConversationOptions {
  /** How the avatar is to be, and what it knows. */
  systemPrompt?: string | undefined;
  /** The sentence that the avatar begins with. */
  greeting?: string | undefined;
  /** ID of the avatar's voice. */
  voice?: string | undefined;
  /** BCP 47 tag of the language that is spoken, such as `en`. */
  language?: string | undefined;
  /** Texts that answers are taken from. */
  knowledge?: readonly string[] | undefined;
  /** Tools that the language model may call. */
  tools?: readonly ConversationTool[] | undefined;
  /** Whether the server keeps the transcript, and shows it with the session. */
  transcript?: boolean | undefined;
}

/** The names of the API for the options. */
const FIELDS = {
  systemPrompt: "system_prompt",
  greeting: "greeting",
  voice: "voice",
  language: "language",
  knowledge: "knowledge",
  tools: "tools",
  transcript: "transcript",
} as const satisfies Record<keyof ConversationOptions, string>;

/**
 * The body of a request for a session, as `POST /v1/realtime/session` takes it. A backend can forward it
 * unchanged.
 *
 * @param face - A photo; `null` for `faceUrl` or the default face.
 * @param faceUrl - The https URL of a photo.
 * @param conversation - What the conversation is to be like; `null` for a session in which the avatar says what
 *   it hears.
 * @public
 */
export function sessionForm(
  face: File | null,
  faceUrl: string | null,
  conversation: ConversationOptions | null,
): FormData {
  const form = new FormData();
  if (face) form.append("face", face);
  if (faceUrl) form.append("face_url", faceUrl);
  form.append("mode", conversation ? "conversation" : "passthrough");
  for (const [name, value] of Object.entries(conversation ?? {})) {
    const field = FIELDS[name as keyof ConversationOptions];
    if (value !== undefined && field !== undefined)
      form.append(field, typeof value === "string" ? value : JSON.stringify(value));
  }
  return form;
}
