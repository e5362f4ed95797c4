import type { AudioDevice } from "@visavis/core";
import { useEffect } from "react";
import { ErrorNotice } from "../../components/notice.tsx";
import { words } from "../../words/index.ts";
import { listDevices, useDevices } from "./devices.ts";
import { session, useLiveSession } from "./live-session.ts";

const texts = words.live.devices;

/** Devices that have a name; the browser's own choice has an option of its own. */
const choosable = (devices: readonly AudioDevice[]): AudioDevice[] =>
  devices.filter(({ id }) => id !== "" && id !== "default");

function DeviceSelect({
  name,
  devices,
  chosen,
  onChoose,
}: {
  name: string;
  devices: readonly AudioDevice[];
  chosen: string | null;
  onChoose: (id: string | null) => Promise<void>;
}) {
  return (
    <label className="field">
      <span>{name}</span>
      <select
        className="input"
        value={chosen ?? ""}
        onChange={(event) => void onChoose(event.target.value || null)}
      >
        <option value="">{texts.system}</option>
        {devices.map(({ id, label }, index) => (
          <option key={id} value={id}>
            {label || texts.unnamed(name, index + 1)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Chooses the microphone and, where the browser lets pages choose, the speaker. */
export function DeviceChoice() {
  const { listed, error } = useDevices();
  const { microphoneId, speakerId } = useLiveSession();
  const microphones = choosable(listed.microphones);
  const speakers = choosable(listed.speakers);
  useEffect(() => void listDevices(), []);
  return (
    <>
      <div className="pair device-choice">
        <DeviceSelect
          name={texts.microphone}
          devices={microphones}
          chosen={microphoneId}
          onChoose={(id) => session.setMicrophone(id)}
        />
        {speakers.length > 0 && (
          <DeviceSelect
            name={texts.speaker}
            devices={speakers}
            chosen={speakerId}
            onChoose={(id) => session.setSpeaker(id)}
          />
        )}
      </div>
      {microphones.length === 0 && (
        <div>
          <button type="button" className="button" onClick={() => void listDevices(true)}>
            {texts.find}
          </button>
        </div>
      )}
      {error !== null && <ErrorNotice error={error} title={texts.failed} />}
    </>
  );
}
