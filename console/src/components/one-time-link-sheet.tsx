import { words } from "../words/index.ts";
import { Notice } from "./notice.tsx";
import { SharedLink } from "./shared-link.tsx";
import { Sheet } from "./sheet.tsx";

/** A link that was made for somebody, and is not shown again. */
export function OneTimeLinkSheet({
  title,
  shownOnce,
  about,
  url,
  label,
  onClose,
}: {
  title: string;
  shownOnce: string;
  about: string;
  url: string;
  label: string;
  onClose: () => void;
}) {
  return (
    <Sheet title={title} onClose={onClose}>
      <Notice kind="warning" title={shownOnce}>
        {about}
      </Notice>
      <SharedLink url={url} label={label} />
      <div className="actions">
        <button type="button" className="button primary" onClick={onClose}>
          {words.common.done}
        </button>
      </div>
    </Sheet>
  );
}
