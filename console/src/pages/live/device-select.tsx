import { useEffect } from "react";
import { ErrorNotice } from "../../components/notice.tsx";
import { words } from "../../words/index.ts";
import { chooseDevice, type DeviceKind, findDevices, listDevices, useDevices } from "./devices.ts";

const texts = words.live.devices;

function DeviceSelect({ kind }: { kind: DeviceKind }) {
  const { listed, chosen } = useDevices();
  const named = listed[kind].filter(({ deviceId }) => deviceId !== "" && deviceId !== "default");
  if (kind === "audiooutput" && named.length === 0) return null;
  return (
    <label className="field">
      <span>{texts.kinds[kind]}</span>
      <select
        className="input"
        value={chosen[kind]}
        onChange={(event) => void chooseDevice(kind, event.target.value)}
      >
        <option value="">{texts.system}</option>
        {named.map(({ deviceId, label }, index) => (
          <option key={deviceId} value={deviceId}>
            {label || texts.unnamed[kind](index + 1)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Chooses the microphone and the speaker. */
export function DeviceChoice() {
  const { listed, error } = useDevices();
  const areNamed = listed.audioinput.some(({ deviceId }) => deviceId !== "");
  useEffect(() => void listDevices(), []);
  return (
    <>
      <div className="pair device-choice">
        <DeviceSelect kind="audioinput" />
        <DeviceSelect kind="audiooutput" />
      </div>
      {!areNamed && (
        <div>
          <button type="button" className="button" onClick={() => void findDevices()}>
            {texts.find}
          </button>
        </div>
      )}
      {error !== null && <ErrorNotice error={error} title={texts.failed} />}
    </>
  );
}
