import { SlidersHorizontal } from "lucide-react";
import type { VideoOptions } from "../../api/public.ts";
import { words } from "../../words/index.ts";

const texts = words.studio.options;

/** How the video is made, in a drawer that is closed at first. */
export function Options({
  options,
  onChange,
}: {
  options: VideoOptions;
  onChange: (options: VideoOptions) => void;
}) {
  return (
    <details className="drawer">
      <summary>
        <SlidersHorizontal size={16} aria-hidden /> {texts.title}
      </summary>
      <div className="stack">
        <label className="field">
          <span>{texts.captions}</span>
          <select
            className="input"
            value={options.captions}
            onChange={(event) =>
              onChange({ ...options, captions: event.target.value as VideoOptions["captions"] })
            }
          >
            {Object.entries(texts.captionModes).map(([mode, name]) => (
              <option key={mode} value={mode}>
                {name}
              </option>
            ))}
          </select>
          <small className="hint">{texts.captionsAbout[options.captions]}</small>
        </label>
      </div>
    </details>
  );
}
