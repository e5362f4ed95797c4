import type { AudioDevice } from "@visavis/core";
import { type ReactNode, useEffect, useId, useState } from "react";
import { type SessionProps, useCall } from "./context.js";

/** Props of {@link DeviceSelect}. @public */
export interface DeviceSelectProps extends SessionProps {
  kind: "microphone" | "speaker";
  className?: string | undefined;
}

/**
 * Chooses the microphone or the loudspeaker. Nothing is shown where the browser leaves no choice.
 *
 * @public
 */
export function DeviceSelect({ kind, className, ...props }: DeviceSelectProps): ReactNode {
  const { session, labels } = useCall(props);
  const { listDevices, muted, microphoneId, speakerId, setMicrophone, setSpeaker } = session;
  const [devices, setDevices] = useState<AudioDevice[]>([]);
  const id = useId();

  // `muted` changes when the user has allowed the microphone: then the devices have names.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is read again
  useEffect(() => {
    let isShown = true;
    const list = async () => {
      const found = await listDevices();
      if (isShown) setDevices(kind === "microphone" ? found.microphones : found.speakers);
    };
    void list();
    navigator.mediaDevices?.addEventListener("devicechange", list);
    return () => {
      isShown = false;
      navigator.mediaDevices?.removeEventListener("devicechange", list);
    };
  }, [kind, listDevices, muted]);

  const named = devices.filter((device) => device.id !== "" && device.id !== "default");
  if (named.length === 0) return null;
  const chosen = (kind === "microphone" ? microphoneId : speakerId) ?? "";
  const choose = kind === "microphone" ? setMicrophone : setSpeaker;
  const label = kind === "microphone" ? labels.microphone : labels.speaker;
  return (
    <div className={className ?? "visavis-device"}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="visavis-select"
        value={chosen}
        onChange={(event) => void choose(event.target.value || null)}
      >
        <option value="">{labels.defaultDevice}</option>
        {named.map((device, at) => (
          <option key={device.id} value={device.id}>
            {device.label || `${label} ${at + 1}`}
          </option>
        ))}
      </select>
    </div>
  );
}
