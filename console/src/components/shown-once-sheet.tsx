import type { ReactNode } from "react";
import { words } from "../words/index.ts";
import { Notice } from "./notice.tsx";
import { Sheet } from "./sheet.tsx";

/** A link, key or token that was made, and is not shown again. */
export function ShownOnceSheet({
  title,
  shownOnce,
  about,
  children,
  onClose,
}: {
  title: string;
  shownOnce: string;
  about: string;
  children: ReactNode;
  onClose: () => void;
}) {
  return (
    <Sheet title={title} onClose={onClose}>
      <Notice kind="warning" title={shownOnce}>
        {about}
      </Notice>
      {children}
      <div className="actions">
        <button type="button" className="button primary" onClick={onClose}>
          {words.common.done}
        </button>
      </div>
    </Sheet>
  );
}
