import { useQueryClient } from "@tanstack/react-query";
import { AudioLines } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { messageOf } from "../api/error.ts";
import { type AudioLimits, audioCheck } from "../files/audio.ts";
import { AUDIO_ACCEPT } from "../files/media-types.ts";
import { words } from "../words/index.ts";
import { FileInput, useDrop } from "./file-input.tsx";
import { Notice } from "./notice.tsx";

interface AudioPickerProps {
  prompt: string;
  limits: AudioLimits;
  onChoose: (file: File) => void;
  children?: ReactNode;
}

interface Rejection {
  name: string;
  problem: string;
}

/** A drop zone and a file chooser for audio. It rejects files that cannot be used, with the reason. */
export function AudioPicker({ prompt, limits, onChoose, children }: AudioPickerProps) {
  const chooser = useRef<HTMLInputElement>(null);
  const queries = useQueryClient();
  const newest = useRef<File | null>(null);
  const [checking, setChecking] = useState<File | null>(null);
  const [rejection, setRejection] = useState<Rejection | null>(null);

  const take = async (file: File) => {
    newest.current = file;
    setRejection(null);
    setChecking(file);
    const problem = await queries
      .fetchQuery(audioCheck(file, limits))
      .then((found) => found.problem, messageOf);
    if (newest.current !== file) return;
    setChecking(null);
    if (problem) setRejection({ name: file.name, problem });
    else onChoose(file);
  };
  const { over, drop } = useDrop((file) => void take(file));
  return (
    <div className={`drop ${over ? "over" : ""}`} aria-busy={checking !== null} {...drop}>
      <AudioLines size={26} aria-hidden />
      <p role="status">{checking ? words.audio.checking(checking.name) : prompt}</p>
      <button type="button" className="button" onClick={() => chooser.current?.click()}>
        {words.audio.choose}
      </button>
      <FileInput
        ref={chooser}
        accept={AUDIO_ACCEPT}
        label={words.audio.input}
        onChoose={(file) => void take(file)}
      />
      {rejection && <Notice title={words.files.rejected(rejection.name)}>{rejection.problem}</Notice>}
      {children}
    </div>
  );
}
