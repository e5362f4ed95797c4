import { useQueryClient } from "@tanstack/react-query";
import { AudioLines } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { wordsOf } from "../api/failure.ts";
import { SOUND_ACCEPT } from "../files/kinds.ts";
import { type SoundLimits, soundCheck } from "../files/sound.ts";
import { words } from "../words/index.ts";
import { useDrop } from "./face.tsx";
import { Notice } from "./notice.tsx";

interface SoundDropProps {
  invitation: string;
  limits: SoundLimits;
  onChoose: (file: File) => void;
  children?: ReactNode;
}

interface Refusal {
  name: string;
  problem: string;
}

/** A place to drop a sound on, or to choose one from. What cannot be used is refused here, with the reason. */
export function SoundDrop({ invitation, limits, onChoose, children }: SoundDropProps) {
  const chooser = useRef<HTMLInputElement>(null);
  const queries = useQueryClient();
  const newest = useRef<File | null>(null);
  const [checking, setChecking] = useState<File | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  const take = async (file: File) => {
    newest.current = file;
    setRefusal(null);
    setChecking(file);
    const problem = await queries
      .fetchQuery(soundCheck(file, limits))
      .then((found) => found.problem, wordsOf);
    if (newest.current !== file) return;
    setChecking(null);
    if (problem) setRefusal({ name: file.name, problem });
    else onChoose(file);
  };
  const { over, drop } = useDrop((file) => void take(file));
  return (
    <div className={`drop ${over ? "over" : ""}`} aria-busy={checking !== null} {...drop}>
      <AudioLines size={26} aria-hidden />
      <p role="status">{checking ? words.audio.checking(checking.name) : invitation}</p>
      <button type="button" className="button" onClick={() => chooser.current?.click()}>
        {words.audio.choose}
      </button>
      <input
        ref={chooser}
        className="unseen"
        type="file"
        accept={SOUND_ACCEPT}
        aria-label={words.audio.input}
        tabIndex={-1}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen) void take(chosen);
          event.target.value = "";
        }}
      />
      {refusal && <Notice title={words.files.rejected(refusal.name)}>{refusal.problem}</Notice>}
      {children}
    </div>
  );
}
