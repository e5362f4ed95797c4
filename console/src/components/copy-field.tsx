import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { words } from "../words/index.ts";

/** A text with a button that copies it. */
export function CopyField({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="secret">
      <code>{text}</code>
      <button
        type="button"
        className="button icon"
        aria-label={copied ? words.common.copied : words.common.copy(label)}
        onClick={async () => {
          await navigator.clipboard.writeText(text);
          setCopied(true);
        }}
      >
        {copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
      </button>
    </div>
  );
}
