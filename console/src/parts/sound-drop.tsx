import { AudioLines } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { SOUND_TYPES, useDrop } from "./face.tsx";

interface SoundDropProps {
  invitation: string;
  onChoose: (file: File) => void;
  children?: ReactNode;
}

/** A place to drop a sound on, or to choose one from. */
export function SoundDrop({ invitation, onChoose, children }: SoundDropProps) {
  const chooser = useRef<HTMLInputElement>(null);
  const { over, drop } = useDrop((files) => {
    if (files[0]) onChoose(files[0]);
  });
  return (
    <div className={`drop ${over ? "over" : ""}`} {...drop}>
      <AudioLines size={26} aria-hidden />
      <p>{invitation}</p>
      <button type="button" className="button" onClick={() => chooser.current?.click()}>
        Choose a file
      </button>
      <input
        ref={chooser}
        className="unseen"
        type="file"
        accept={SOUND_TYPES}
        aria-label="Sound file"
        tabIndex={-1}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen) onChoose(chosen);
          event.target.value = "";
        }}
      />
      {children}
    </div>
  );
}
