import { X } from "lucide-react";
import { Fragment, type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { words } from "../words/index.ts";

/** A modal dialog. The browser's own traps the focus, closes on Escape and restores the focus. */
export function Sheet({
  title,
  onClose,
  wide = false,
  children,
}: {
  title: string;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const label = useId();
  // Closed before it leaves the page: only then does the browser restore the focus.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click on the ground is extra; Escape and the button close too.
    <dialog
      ref={dialog}
      className={wide ? "sheet wide" : "sheet"}
      aria-labelledby={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <header>
        <h2 id={label}>
          {title.split(/(\S+-\S+)/).map((part, at) => {
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other names
            return at % 2 ? <span key={at}>{part}</span> : <Fragment key={at}>{part}</Fragment>;
          })}
        </h2>
        <button type="button" className="button quiet icon" onClick={onClose} aria-label={words.common.close}>
          <X size={18} aria-hidden />
        </button>
      </header>
      <div className="body">{children}</div>
    </dialog>
  );
}
