import { words } from "../words/index.ts";
import { Coded } from "./coded.tsx";
import { CopyField } from "./copy-field.tsx";
import { isLoopback } from "./loopback.ts";
import { Notice } from "./notice.tsx";

/** A link for other people, with a warning if it leads nowhere on their machines. */
export function SharedLink({ url, label }: { url: string; label: string }) {
  return (
    <>
      {isLoopback(url) && (
        <Notice kind="warning" title={words.invite.loopback}>
          <Coded>{words.invite.loopbackText(new URL(url).hostname)}</Coded>
        </Notice>
      )}
      <CopyField text={url} label={label} />
    </>
  );
}
