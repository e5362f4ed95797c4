import {
  type AudioInput,
  type AudioPlaybackHandle,
  AvatarSession,
  type AvatarSessionOptions,
  type SessionError,
  type SessionPhase,
  type SessionStatus,
  type TranscriptMessage,
} from "@visavis/core";
import type { Room } from "livekit-client";
import { type RefObject, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

/** What {@link useAvatarSession} takes. @public */
export type UseAvatarSessionOptions = AvatarSessionOptions;

/**
 * What {@link useAvatarSession} returns. The functions are stable for the lifetime of the component.
 *
 * @public
 */
export interface UseAvatarSessionResult {
  /** The phase in five states. */
  status: SessionStatus;
  /** The phase of the session, in finer steps than `status`. */
  phase: SessionPhase;
  /** Message of the last error. It ended the session only in the status `error`. */
  error: string | null;
  /** The same with its code, and with the time to wait if the API named one. */
  failure: SessionError | null;
  /** Why the session ended, if this side did not end it. */
  endReason: string | null;
  sessionId: string | null;
  /** The transcript, oldest first. */
  messages: TranscriptMessage[];
  /** Whether the microphone is muted. */
  muted: boolean;
  /** Volume of the avatar, 0 to 100. */
  volume: number;
  /** Round trip to the room server plus this browser's jitter buffer, in milliseconds; 0 until measured. */
  latency: number;
  /** Whether the browser blocks audio until `startAudio()` is called from a click. */
  audioBlocked: boolean;
  /** For a `<div>`: the video is shown inside it. The div may be mounted and unmounted at any time. */
  videoRef: RefObject<HTMLDivElement | null>;
  /** The LiveKit room while connected. */
  room: Room | null;
  connect: (face?: File | null, faceUrl?: string | null) => Promise<void>;
  disconnect: () => Promise<void>;
  setMicEnabled: (enabled: boolean) => Promise<void>;
  setVolume: (volume: number) => void;
  sendChat: (text: string) => Promise<void>;
  sayText: (text: string) => Promise<void>;
  /** Has the avatar speak audio on a separate track; mutes the microphone meanwhile. */
  publishAudio: (audio: AudioInput) => Promise<AudioPlaybackHandle>;
  /** Has the avatar speak audio on the persistent track, which is smoother. */
  speak: (audio: AudioInput) => Promise<AudioPlaybackHandle>;
  openVoice: () => Promise<void>;
  interrupt: () => void;
  startAudio: () => Promise<void>;
}

/**
 * A live avatar in a React component.
 *
 * The session ends when the component is unmounted or the page is closed, unless `autoCleanup` is `false`.
 * Options may change at every render; the latest ones are used.
 *
 * @public
 */
export function useAvatarSession(options: UseAvatarSessionOptions): UseAvatarSessionResult {
  const newest = useRef(options);
  useEffect(() => {
    newest.current = options;
  });

  const [session] = useState(
    () =>
      new AvatarSession({
        createSession: (face, faceUrl, conversation) =>
          newest.current.createSession(face, faceUrl, conversation),
        get conversation() {
          return newest.current.conversation;
        },
        deleteSession: async (sessionId) => newest.current.deleteSession?.(sessionId),
        getSession: async (sessionId) => (await newest.current.getSession?.(sessionId)) ?? {},
        get autoEnableMic() {
          return newest.current.autoEnableMic;
        },
        get autoCleanup() {
          return newest.current.autoCleanup;
        },
      }),
  );

  useEffect(
    () => () => {
      if (newest.current.autoCleanup ?? true) void session.disconnect();
    },
    [session],
  );

  const stable = useMemo(() => stablePart(session), [session]);
  const { error, ...state } = useSyncExternalStore(session.subscribe, session.getState, session.getState);
  return { ...state, ...stable, error: error?.message ?? null, failure: error };
}

/** The part that is stable across renders. */
function stablePart(session: AvatarSession) {
  let shownIn: HTMLDivElement | null = null;
  return {
    // React writes into the ref when the div comes and goes; so does the session's picture.
    videoRef: {
      get current() {
        return shownIn;
      },
      set current(element) {
        shownIn = element;
        session.setContainer(element);
      },
    } satisfies RefObject<HTMLDivElement | null>,
    connect: (face?: File | null, faceUrl?: string | null) => session.connect(face, faceUrl),
    disconnect: () => session.disconnect(),
    setMicEnabled: (enabled: boolean) => session.setMicEnabled(enabled),
    setVolume: (volume: number) => session.setVolume(volume),
    sendChat: (text: string) => session.sendChat(text),
    sayText: (text: string) => session.sayText(text),
    publishAudio: (audio: AudioInput) => session.publishAudio(audio),
    speak: (audio: AudioInput) => session.speak(audio),
    openVoice: () => session.openVoice(),
    interrupt: () => session.interrupt(),
    startAudio: () => session.startAudio(),
  };
}

/**
 * {@link useAvatarSession} under the name that the hosted service's package gives it.
 *
 * @public
 */
export const useAtlasSession: typeof useAvatarSession = useAvatarSession;
