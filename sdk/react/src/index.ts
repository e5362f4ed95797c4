/**
 * Live talking avatars in React.
 *
 * @packageDocumentation
 */

export {
  type AudioDevice,
  type AudioDevices,
  type AudioInput,
  type AudioPlaybackHandle,
  type CallLabels,
  type ConnectionQuality,
  type ConnectionReport,
  type ConversationOptions,
  type ConversationTool,
  defaultLabels,
  type MessageRole,
  type PcmChunk,
  type PcmStream,
  type SessionEnding,
  SessionError,
  type SessionErrorCode,
  type SessionEvents,
  type SessionInfo,
  type SessionPhase,
  type SessionStatus,
  type Speaker,
  sessionForm,
  type TranscriptMessage,
} from "@visavis/core";
export { Avatar, type AvatarProps } from "./Avatar.js";
export { AvatarCall, type AvatarCallProps } from "./AvatarCall.js";
export { Captions, type CaptionsProps } from "./Captions.js";
export { CallContext, type CallContextValue, type SessionProps } from "./context.js";
export { DeviceSelect, type DeviceSelectProps } from "./DeviceSelect.js";
export { MicButton, type MicButtonProps } from "./MicButton.js";
export {
  type UseAvatarSessionOptions,
  type UseAvatarSessionResult,
  useAtlasSession,
  useAvatarSession,
} from "./useAvatarSession.js";
