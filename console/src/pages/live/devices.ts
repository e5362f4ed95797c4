/** The microphone and the speaker of live sessions. The choice lasts as long as the browser tab. */
import { Room, Track } from "livekit-client";
import { createStore, useStore } from "../../components/store.ts";
import { session } from "./live-session.ts";

export type DeviceKind = "audioinput" | "audiooutput";

interface Devices {
  listed: Readonly<Record<DeviceKind, readonly MediaDeviceInfo[]>>;
  /** IDs; empty for the one that the system uses. */
  chosen: Readonly<Record<DeviceKind, string>>;
  /** What went wrong with the last choice. */
  error: unknown;
}

const devices = createStore<Devices>({
  listed: { audioinput: [], audiooutput: [] },
  chosen: { audioinput: "", audiooutput: "" },
  error: null,
});

export const useDevices = (): Devices => useStore(devices);

/**
 * Lists the devices. Browsers name none of them before the microphone was allowed.
 *
 * @param ask - Whether to ask for the microphone.
 */
export async function listDevices(ask = false): Promise<void> {
  const audioinput = await Room.getLocalDevices("audioinput", ask);
  // Some browsers do not let pages choose where sound is played.
  const canChoose = "setSinkId" in HTMLMediaElement.prototype;
  const audiooutput = canChoose ? await Room.getLocalDevices("audiooutput", false) : [];
  devices.set({ listed: { audioinput, audiooutput } });
}

/** Lists the devices with their names, which asks the user for the microphone. */
export async function findDevices(): Promise<void> {
  devices.set({ error: null });
  await listDevices(true).catch((error: unknown) => devices.set({ error }));
}

/** Chooses a device, for the running session and for later ones. */
export async function chooseDevice(kind: DeviceKind, id: string): Promise<void> {
  const before = devices.get().chosen;
  devices.set({ chosen: { ...before, [kind]: id }, error: null });
  try {
    await session.getState().room?.switchActiveDevice(kind, id || "default");
  } catch (error) {
    devices.set({ chosen: before, error });
  }
}

let configured: Room | null = null;

/** Gives a new room the devices that were chosen before it. */
function follow(): void {
  const { room, muted } = session.getState();
  if (room !== configured) {
    configured = room;
    for (const [kind, id] of Object.entries(devices.get().chosen))
      if (id && room)
        room.switchActiveDevice(kind as DeviceKind, id).catch((error: unknown) => devices.set({ error }));
  }
  // Now the microphone is allowed.
  if (!muted && devices.get().listed.audioinput.every(({ label }) => label === "")) void listDevices();
}
session.subscribe(follow);
navigator.mediaDevices?.addEventListener("devicechange", () => void listDevices());

/** The track of the microphone, while it is on. */
export function microphoneTrack(): MediaStreamTrack | null {
  const publication = session.getState().room?.localParticipant.getTrackPublication(Track.Source.Microphone);
  return publication && !publication.isMuted ? (publication.audioTrack?.mediaStreamTrack ?? null) : null;
}
