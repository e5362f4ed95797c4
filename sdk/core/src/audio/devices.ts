import { Room } from "livekit-client";

/** A microphone or a loudspeaker. @public */
export interface AudioDevice {
  id: string;
  /** The name that the system gives it; empty until the user has allowed the microphone. */
  label: string;
}

/** The microphones and loudspeakers of this computer. @public */
export interface AudioDevices {
  microphones: AudioDevice[];
  /** Empty where the browser does not let pages choose. */
  speakers: AudioDevice[];
}

/** Which devices a session uses; `null` for the browser's own choice. */
export interface ChosenDevices {
  microphoneId: string | null;
  speakerId: string | null;
}

/**
 * Lists the microphones and loudspeakers of this computer.
 *
 * @param ask - Whether to ask for the microphone first, so that the devices have names.
 */
export async function listDevices(ask: boolean): Promise<AudioDevices> {
  const microphones = await Room.getLocalDevices("audioinput", ask);
  const canChoose = "setSinkId" in HTMLMediaElement.prototype;
  const speakers = canChoose ? await Room.getLocalDevices("audiooutput", false) : [];
  return { microphones: microphones.map(describe), speakers: speakers.map(describe) };
}

function describe({ deviceId: id, label }: MediaDeviceInfo): AudioDevice {
  return { id, label };
}
