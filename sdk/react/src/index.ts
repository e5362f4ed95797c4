/**
 * Live talking avatars in React.
 *
 * @packageDocumentation
 */

export {
  type AudioInput,
  type AudioPlaybackHandle,
  type ConversationOptions,
  type ConversationTool,
  type MessageRole,
  type PcmChunk,
  type PcmStream,
  SessionError,
  type SessionErrorCode,
  type SessionInfo,
  type SessionPhase,
  type SessionStatus,
  sessionForm,
  type TranscriptMessage,
} from "@visavis/core";
export {
  type UseAvatarSessionOptions,
  type UseAvatarSessionResult,
  useAtlasSession,
  useAvatarSession,
} from "./useAvatarSession.js";
