/**
 * Live talking avatars in any web page.
 *
 * @packageDocumentation
 */

export type { AudioDevice, AudioDevices } from "./audio/devices.js";
export type { AudioInput, PcmChunk, PcmStream } from "./audio/input.js";
export type { Speaker } from "./audio/level.js";
export type { AudioPlaybackHandle } from "./audio/playback.js";
export { type ConversationOptions, type ConversationTool, sessionForm } from "./conversation.js";
export type { ApiSessionInfo, SessionInfo } from "./credentials.js";
export { SessionError, type SessionErrorCode } from "./errors.js";
export type { ConnectionReport, SessionEnding, SessionEvents } from "./events.js";
export { type CallLabels, defaultLabels } from "./labels.js";
export type { ConnectionQuality } from "./latency.js";
export { LipSync, type ReceivedTrack } from "./lip-sync.js";
export type { AvatarSessionOptions } from "./options.js";
export type { SessionPhase, SessionStatus } from "./phase.js";
export { AvatarSession } from "./session.js";
export type { SessionState } from "./state.js";
export type { MessageRole, TranscriptMessage } from "./transcript.js";
