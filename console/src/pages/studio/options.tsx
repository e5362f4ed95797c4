import { Dices, RotateCcw, SlidersHorizontal } from "lucide-react";
import { type ReactNode, useId } from "react";
import type { VideoOptions } from "../../api/public.ts";
import { words } from "../../words/index.ts";
import { countChanges, DEFAULT_OPTIONS } from "./default-options.ts";

const texts = words.studio.options;
const SIZES_PX = [256, 512, 768, 1024];
const RATES = [24, 25, 30, 50, 60];
const MAX_SEED = 2 ** 32 - 1;
const FIRST_COLOUR = "#20404a";

/** A choice of one of a few values. */
function Choice<Value extends string | number>({
  name,
  value,
  choices,
  disabled = false,
  hint,
  onChange,
  children,
}: {
  name: string;
  value: Value;
  choices: readonly (readonly [Value, string])[];
  disabled?: boolean;
  hint?: string;
  onChange: (value: Value) => void;
  children?: ReactNode;
}) {
  const id = useId();
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {name}
      </label>
      <span className="option-line">
        <select
          id={id}
          className="input grow"
          value={value}
          disabled={disabled}
          onChange={(event) => {
            const chosen = choices.find(([each]) => String(each) === event.target.value);
            if (chosen) onChange(chosen[0]);
          }}
        >
          {choices.map(([each, written]) => (
            <option key={each} value={each}>
              {written}
            </option>
          ))}
        </select>
        {children}
      </span>
      {hint && <small className="hint">{hint}</small>}
    </div>
  );
}

const named = <Value extends string>(names: Record<Value, string>) =>
  Object.entries(names) as [Value, string][];

/** The background: the photo's own, blurred, or a colour. The whole photo keeps its own. */
function Background({
  options,
  onChange,
}: {
  options: VideoOptions;
  onChange: (background: string) => void;
}) {
  const { background, frame } = options;
  const isColour = background.startsWith("#");
  const kind = isColour ? "colour" : background === "blur" ? "blur" : "keep";
  return (
    <Choice
      name={texts.background}
      value={kind}
      choices={named(texts.backgrounds)}
      disabled={frame === "photo"}
      onChange={(chosen) => onChange(chosen === "colour" ? FIRST_COLOUR : chosen)}
    >
      {isColour && (
        <input
          type="color"
          className="swatch"
          aria-label={texts.colour}
          value={background}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Choice>
  );
}

function Seed({ seed, onChange }: { seed: number; onChange: (seed: number) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {texts.seed}
      </label>
      <span className="option-line">
        <input
          id={id}
          className="input grow"
          type="number"
          inputMode="numeric"
          min={0}
          max={MAX_SEED}
          value={seed}
          onChange={(event) => {
            const entered = Math.trunc(event.target.valueAsNumber);
            if (entered >= 0 && entered <= MAX_SEED) onChange(entered);
          }}
        />
        <button
          type="button"
          className="button icon"
          aria-label={texts.otherSeed}
          title={texts.otherSeed}
          onClick={() => onChange(crypto.getRandomValues(new Uint16Array(1))[0] ?? 0)}
        >
          <Dices size={17} aria-hidden />
        </button>
      </span>
    </div>
  );
}

/** How the video is made, in a drawer that is closed at first. */
export function Options({
  options,
  onChange,
}: {
  options: VideoOptions;
  onChange: (options: VideoOptions) => void;
}) {
  const change = (changed: Partial<VideoOptions>) => onChange({ ...options, ...changed });
  const isPhoto = options.frame === "photo";
  const changes = countChanges(options);
  return (
    <details className="drawer">
      <summary>
        <SlidersHorizontal size={16} aria-hidden /> {texts.title}
        {changes > 0 && <small className="faint">{texts.changed(changes)}</small>}
      </summary>
      <div className="stack">
        <div className="pair">
          <Choice
            name={texts.frame}
            value={options.frame}
            choices={named(texts.frames)}
            onChange={(frame) => change({ frame, ...(frame === "photo" ? { background: "keep" } : {}) })}
          />
          <Choice
            name={texts.size}
            value={options.size}
            choices={SIZES_PX.map((side) => [side, texts.square(side)] as const)}
            disabled={isPhoto}
            onChange={(size) => change({ size })}
          />
          <Background options={options} onChange={(background) => change({ background })} />
          <Choice
            name={texts.rate}
            value={options.fps}
            choices={RATES.map((fps) => [fps, texts.perSecond(fps)] as const)}
            onChange={(fps) => change({ fps })}
          />
          <Choice
            name={texts.emotion}
            value={options.emotion}
            choices={named(texts.emotions)}
            onChange={(emotion) => change({ emotion })}
          />
          <Seed seed={options.seed} onChange={(seed) => change({ seed })} />
        </div>
        {isPhoto && <small className="hint">{texts.photoHint}</small>}
        <label className="field">
          <span>{texts.liveliness}</span>
          <input
            type="range"
            min={0}
            max={2}
            step={0.25}
            value={options.liveliness}
            onChange={(event) => change({ liveliness: event.target.valueAsNumber })}
          />
          <span className="row apart hint" aria-hidden>
            <span>{texts.still}</span>
            <span>{texts.natural}</span>
            <span>{texts.vivid}</span>
          </span>
        </label>
        <Choice
          name={texts.captions}
          value={options.captions}
          choices={named(texts.captionModes)}
          hint={texts.captionsAbout[options.captions]}
          onChange={(captions) => change({ captions })}
        />
        {changes > 0 && (
          <div>
            <button type="button" className="button quiet" onClick={() => onChange(DEFAULT_OPTIONS)}>
              <RotateCcw size={15} aria-hidden /> {texts.reset}
            </button>
          </div>
        )}
      </div>
    </details>
  );
}
