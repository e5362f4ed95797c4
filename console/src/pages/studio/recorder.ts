import { useEffect, useRef, useState } from "react";
import { words } from "../../words/index.ts";

const TICK_MS = 200;

/** Texts by the name of the browser's error. */
const PROBLEMS: Record<string, string> = {
  NotAllowedError: words.recorder.denied,
  NotFoundError: words.recorder.missing,
  NotReadableError: words.recorder.busy,
};

/** Records the microphone. An unfinished recording is discarded when the component is removed. */
export function useRecorder(onRecorded: (sound: Blob) => void) {
  const recorder = useRef<MediaRecorder | null>(null);
  const gone = useRef(false);
  const [startedAt, setStartedAt] = useState<number | null>(null);
  const [elapsedS, setElapsedS] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      const running = recorder.current;
      if (running) {
        running.onstop = null;
        release(running);
      }
    };
  }, []);

  useEffect(() => {
    if (startedAt === null) return;
    const timer = setInterval(() => setElapsedS((performance.now() - startedAt) / 1000), TICK_MS);
    return () => clearInterval(timer);
  }, [startedAt]);

  const start = async () => {
    setProblem(null);
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const made = new MediaRecorder(stream);
      if (gone.current) return release(made);
      const parts: Blob[] = [];
      made.ondataavailable = (event) => parts.push(event.data);
      made.onstop = () => {
        release(made);
        recorder.current = null;
        setStartedAt(null);
        onRecorded(new Blob(parts, { type: made.mimeType }));
      };
      recorder.current = made;
      made.start();
      setElapsedS(0);
      setStartedAt(performance.now());
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      setProblem(PROBLEMS[name] ?? words.recorder.failed);
    }
  };

  return {
    isRecording: startedAt !== null,
    elapsedS,
    problem,
    start: () => void start(),
    stop: () => recorder.current?.stop(),
  };
}

function release(recorder: MediaRecorder): void {
  for (const track of recorder.stream.getTracks()) track.stop();
}
