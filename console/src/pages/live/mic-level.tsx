import { useEffect, useRef } from "react";
import { words } from "../../words/index.ts";
import { microphoneTrack } from "./devices.ts";

const PERIOD_MS = 80;
const FLOOR_DB = -60;

/** How loud samples are: 0 at -60 dB of full scale and below, 1 at full scale. */
export function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
  return Math.min(1, Math.max(0, 1 - (10 * Math.log10(power)) / FLOOR_DB));
}

/** How loud the microphone is. */
export function MicLevel() {
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    const samples = new Float32Array(analyser.fftSize);
    let heard: MediaStreamTrack | null = null;
    let source: MediaStreamAudioSourceNode | null = null;
    const read = () => {
      const track = microphoneTrack();
      if (track !== heard) {
        source?.disconnect();
        source = track && context.createMediaStreamSource(new MediaStream([track]));
        source?.connect(analyser);
        heard = track;
      }
      if (track) analyser.getFloatTimeDomainData(samples);
      const level = track ? Math.round(levelOf(samples) * 100) : 0;
      if (meter.current) meter.current.value = level;
    };
    const timer = setInterval(read, PERIOD_MS);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, []);
  return (
    <meter ref={meter} className="mic-level" aria-label={words.live.micLevel} min={0} max={100} value={0} />
  );
}
