import { type DragEvent, type RefObject, useState } from "react";

interface FileInputProps {
  ref: RefObject<HTMLInputElement | null>;
  accept: string;
  label: string;
  onChoose: (file: File) => void;
}

/** The browser's chooser for one file. It is not shown: a button of the page opens it with `ref`. */
export function FileInput({ ref, accept, label, onChoose }: FileInputProps) {
  return (
    <input
      ref={ref}
      className="visually-hidden"
      type="file"
      accept={accept}
      aria-label={label}
      tabIndex={-1}
      onChange={(event) => {
        const file = event.target.files?.[0];
        if (file) onChoose(file);
        event.target.value = "";
      }}
    />
  );
}

/** Makes an element a drop zone: its properties, and whether a file is dragged over it. */
export function useDrop(take: (file: File) => void) {
  const [over, setOver] = useState(false);
  return {
    over,
    drop: {
      onDragOver: (event: DragEvent) => {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        setOver(false);
        const dropped = event.dataTransfer.files[0];
        if (dropped) take(dropped);
      },
    },
  };
}
