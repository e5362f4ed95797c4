import {
  type AudioDevices,
  type AudioInput,
  type AudioPlaybackHandle,
  AvatarSession,
  type AvatarSessionOptions,
  type ConnectionQuality,
  type SessionError,
  type SessionEvents,
  type SessionPhase,
  type SessionStatus,
  type Speaker,
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
  /** Whether the avatar speaks, as this browser hears it. */
  isSpeaking: boolean;
  /** Whether the user speaks, as the microphone hears it. */
  isUserSpeaking: boolean;
  /** Whether the microphone is muted. */
  muted: boolean;
  /** Volume of the avatar, 0 to 100. */
  volume: number;
  /** Round trip to the room server plus this browser's jitter buffer, in milliseconds; 0 until measured. */
  latency: number;
  /** How good the connection is; `null` until measured. */
  quality: ConnectionQuality | null;
  /** ID of the chosen microphone; `null` for the browser's own choice. */
  microphoneId: string | null;
  /** ID of the chosen loudspeaker; `null` for the browser's own choice. */
  speakerId: string | null;
  /** Whether the browser blocks audio until `startAudio()` is called from a click. */
  audioBlocked: boolean;
  /** For a `<div>`: the video is shown inside it. The div may be mounted and unmounted at any time. */
  videoRef: RefObject<HTMLDivElement | null>;
  /** The LiveKit room while connected. */
  room: Room | null;
  connect: (
    face?: File | null,
    faceUrl?: string | null,
    options?: { signal?: AbortSignal | undefined },
  ) => Promise<void>;
  disconnect: () => Promise<void>;
  setMicEnabled: (enabled: boolean) => Promise<void>;
  setVolume: (volume: number) => void;
  sendChat: (text: string) => Promise<void>;
  sayText: (text: string) => Promise<void>;
  /** Has the avatar speak a text, also one that is still being written. `false` if it was interrupted. */
  speakText: (text: string | AsyncIterable<string>) => Promise<boolean>;
  /** Has the avatar speak audio on a separate track; mutes the microphone meanwhile. */
  publishAudio: (audio: AudioInput) => Promise<AudioPlaybackHandle>;
  /** Has the avatar speak audio on the persistent track, which is smoother. */
  speak: (audio: AudioInput) => Promise<AudioPlaybackHandle>;
  openVoice: () => Promise<void>;
  interrupt: () => void;
  startAudio: () => Promise<void>;
  swapFace: (face: File | null, faceUrl?: string | null) => Promise<void>;
  listDevices: (options?: { ask?: boolean }) => Promise<AudioDevices>;
  setMicrophone: (deviceId: string | null) => Promise<void>;
  setSpeaker: (deviceId: string | null) => Promise<void>;
  /** The microphone is open while the button is pressed. Returns a function that takes the button back. */
  pushToTalk: (button: HTMLElement) => () => void;
  /** Loudness now, 0 to 1. */
  level: (who?: Speaker) => number;
  /** Calls a listener at every event of a kind. Returns a function that unsubscribes. */
  on: <E extends keyof SessionEvents>(event: E, listener: (detail: SessionEvents[E]) => void) => () => void;
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
        get updateSession() {
          return newest.current.updateSession;
        },
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
    connect: (face, faceUrl, options) => session.connect(face, faceUrl, options),
    disconnect: () => session.disconnect(),
    setMicEnabled: (enabled) => session.setMicEnabled(enabled),
    setVolume: (volume) => session.setVolume(volume),
    sendChat: (text) => session.sendChat(text),
    sayText: (text) => session.sayText(text),
    speakText: (text) => session.speakText(text),
    publishAudio: (audio) => session.publishAudio(audio),
    speak: (audio) => session.speak(audio),
    openVoice: () => session.openVoice(),
    interrupt: () => session.interrupt(),
    startAudio: () => session.startAudio(),
    swapFace: (face, faceUrl) => session.swapFace(face, faceUrl),
    listDevices: (options) => session.listDevices(options),
    setMicrophone: (deviceId) => session.setMicrophone(deviceId),
    setSpeaker: (deviceId) => session.setSpeaker(deviceId),
    pushToTalk: (button) => session.pushToTalk(button),
    level: (who) => session.level(who),
    on: (event, listener) => session.on(event, listener),
  } satisfies Partial<UseAvatarSessionResult>;
}

/**
 * {@link useAvatarSession} under the name that the hosted service's package gives it.
 *
 * @public
 */
export const useAtlasSession: typeof useAvatarSession = useAvatarSession;
