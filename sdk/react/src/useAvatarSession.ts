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
 * What {@link useAvatarSession} returns. The functions stay the same ones for the life of the component.
 *
 * @public
 */
export interface UseAvatarSessionResult {
  /** The phase in five words. */
  status: SessionStatus;
  /** Where the session is on its way, in finer steps than `status`. */
  phase: SessionPhase;
  /** What went wrong, in words. Outside of the status `error` it did not end the session. */
  error: string | null;
  /** The same with its code, and with how long to wait where the API said so. */
  failure: SessionError | null;
  /** Why the session is over, when this side did not end it. */
  endReason: string | null;
  sessionId: string | null;
  /** What was said, oldest first. */
  messages: TranscriptMessage[];
  /** Whether the microphone is silent. */
  muted: boolean;
  /** How loud the avatar is, 0 to 100. */
  volume: number;
  /** Round trip to the room server plus this browser's jitter buffer, in milliseconds; 0 until measured. */
  latency: number;
  /** Whether sound waits for `startAudio()` to be called from a touch of the user. */
  audioBlocked: boolean;
  /** For a `<div>`: the picture is shown inside it. The div may come, go and change at any time. */
  videoRef: RefObject<HTMLDivElement | null>;
  /** The LiveKit room, from joining to leaving. */
  room: Room | null;
  connect: (face?: File | null, faceUrl?: string | null) => Promise<void>;
  disconnect: () => Promise<void>;
  setMicEnabled: (enabled: boolean) => Promise<void>;
  setVolume: (volume: number) => void;
  sendChat: (text: string) => Promise<void>;
  sayText: (text: string) => Promise<void>;
  /** Lets the avatar say a sound on a track of its own; mutes the microphone meanwhile. */
  publishAudio: (audio: AudioInput) => Promise<AudioPlaybackHandle>;
  /** Lets the avatar say a sound on the track that stays: the smoother way. */
  speak: (audio: AudioInput) => Promise<AudioPlaybackHandle>;
  openVoice: () => Promise<void>;
  interrupt: () => void;
  startAudio: () => Promise<void>;
}

/**
 * A live avatar in a React component.
 *
 * The session lives as long as the component does: it ends when the component goes or the page is
 * left, unless `autoCleanup` is `false`. Options may change at every render; the newest ones count.
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
        createSession: (face, faceUrl) => newest.current.createSession(face, faceUrl),
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

  const steady = useMemo(() => steadyPart(session), [session]);
  const { error, ...state } = useSyncExternalStore(session.subscribe, session.getState, session.getState);
  return { ...state, ...steady, error: error?.message ?? null, failure: error };
}

/** What stays the same at every render. */
function steadyPart(session: AvatarSession) {
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
