import { useQueryClient } from "@tanstack/react-query";
import { Square, Volume2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { type Speech, synthesizeSpeech } from "../../api/public.ts";
import { ErrorNotice } from "../../components/notice.tsx";
import { words } from "../../words/index.ts";

/** Longer texts are heard up to here: it is the voice that is tried. */
const MAX_CHARS = 160;

/** The beginning of a text, up to a word's end. */
function beginningOf(text: string): string {
  const whole = text.trim();
  return whole.length <= MAX_CHARS ? whole : whole.slice(0, MAX_CHARS).replace(/\s+\S*$/, "");
}

/** A button that speaks the beginning of the text with the chosen voice. */
export function Listen({ speech }: { speech: Speech }) {
  const queries = useQueryClient();
  const [state, setState] = useState<"idle" | "loading" | "playing">("idle");
  const [error, setError] = useState<unknown>(null);
  const running = useRef<{ abort: AbortController; player: HTMLAudioElement } | null>(null);

  const stop = () => {
    running.current?.abort.abort();
    running.current?.player.pause();
    running.current = null;
    setState("idle");
  };
  const { language, voice } = speech;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another voice ends the one that is heard
  useEffect(() => stop, [language, voice]);

  const play = async () => {
    const run = { abort: new AbortController(), player: new Audio() };
    running.current = run;
    setError(null);
    setState("loading");
    const wanted = { ...speech, text: beginningOf(speech.text) };
    let url: string | null = null;
    try {
      const sound = await queries.fetchQuery({
        queryKey: ["heard-voice", wanted],
        queryFn: ({ signal }) => synthesizeSpeech(wanted, AbortSignal.any([signal, run.abort.signal])),
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
      });
      if (running.current !== run) return;
      url = URL.createObjectURL(sound);
      run.player.src = url;
      const ended = new Promise((resolve) => {
        run.player.onended = run.player.onpause = resolve;
      });
      await run.player.play();
      setState("playing");
      await ended;
    } catch (failed) {
      if (running.current === run) setError(failed);
    } finally {
      if (url) URL.revokeObjectURL(url);
      if (running.current === run) {
        running.current = null;
        setState("idle");
      }
    }
  };

  return (
    <>
      <div>
        <button
          type="button"
          className="button"
          aria-busy={state === "loading"}
          disabled={state === "idle" && speech.text.trim() === ""}
          onClick={() => (state === "idle" ? void play() : stop())}
        >
          {state === "idle" ? <Volume2 size={16} aria-hidden /> : <Square size={15} aria-hidden />}
          {state === "idle"
            ? words.voice.listen
            : state === "loading"
              ? words.voice.loadingVoice
              : words.voice.stopListening}
        </button>
      </div>
      {error !== null && <ErrorNotice error={error} title={words.voice.notHeard} />}
    </>
  );
}
