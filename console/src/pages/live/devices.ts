/** The microphones and speakers for live sessions. */
import type { AudioDevices } from "@visavis/core";
import { createStore, useStore } from "../../components/store.ts";
import { session } from "./live-session.ts";

interface Devices {
  listed: AudioDevices;
  /** Why they could not be listed. */
  error: unknown;
}

const devices = createStore<Devices>({ listed: { microphones: [], speakers: [] }, error: null });

export const useDevices = (): Devices => useStore(devices);

/**
 * Lists the devices. Browsers name none of them before the microphone was allowed. Errors are in the state.
 *
 * @param ask - Whether to ask for the microphone.
 */
export async function listDevices(ask = false): Promise<void> {
  try {
    devices.set({ listed: await session.listDevices({ ask }), error: null });
  } catch (error) {
    devices.set({ error });
  }
}

const areNamed = (): boolean => devices.get().listed.microphones.some(({ label }) => label !== "");

session.subscribe(() => {
  if (!session.getState().muted && !areNamed()) void listDevices(); // now the microphone is allowed
});
navigator.mediaDevices?.addEventListener("devicechange", () => void listDevices());
