/** Formats of numbers, dates and durations. */
import { words } from "../words/index.ts";
import { locale } from "../words/language.ts";

const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const dateTime = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
const oneDecimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(locale);

export const onDay = (at: string): string => day.format(new Date(at));
export const atTime = (at: string | null): string => (at ? dateTime.format(new Date(at)) : words.common.none);
export const count = (number: number): string => whole.format(number);

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

export function since(at: string, now: number = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  for (const [unit, length] of STEPS)
    if (Math.abs(seconds) >= length) return ago.format(Math.round(seconds / length), unit);
  return words.common.justNow;
}

const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const MINUTE_S = 60;
const HOUR_S = 3600;

/** A measured time as people say it, in at most two units: "1.1 s", "1 min 5 s", "2 h 30 min". */
export function seconds(s: number | null): string {
  if (s === null) return words.common.none;
  // Rounded first: what is nearly a minute is a minute, not 60 seconds.
  const tenths = Math.round(s * 10) / 10;
  if (tenths < MINUTE_S) return `${decimal.format(tenths)} s`;
  const rounded = Math.round(s);
  if (rounded < HOUR_S) return inTwo(rounded, MINUTE_S, "min", "s");
  return inTwo(Math.round(s / MINUTE_S), HOUR_S / MINUTE_S, "h", "min");
}

/** A whole number of small units in large and small ones; without the small ones where there are none. */
function inTwo(number: number, size: number, large: string, small: string): string {
  const rest = number % size;
  return `${count(Math.floor(number / size))} ${large}${rest ? ` ${rest} ${small}` : ""}`;
}

/** The unit in which an axis up to this many seconds has short numbers, and its length in seconds. */
export function unitOfSeconds(most: number): readonly [unit: string, length: number] {
  if (most < 2 * MINUTE_S) return ["s", 1];
  return most < 2 * HOUR_S ? ["min", MINUTE_S] : ["h", HOUR_S];
}

const UNITS: readonly [string, number][] = [...STEPS, ["second", 1]];

/** A round duration in one unit, such as "1 day" or "36 hours". */
export function duration(s: number): string {
  const [unit, length] = UNITS.find(([, length]) => s % length === 0) ?? ["second", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(s / length);
}

export const clock = (s: number): string =>
  `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

export const hertz = (rate: number): string => `${count(rate)} Hz`;

export function bytes(size: number | null): string {
  if (size === null) return words.common.none;
  if (size < 1e3) return `${size} B`;
  if (size < 1e6) return `${Math.round(size / 1e3)} kB`;
  return `${oneDecimal.format(size / 1e6)} MB`;
}

const BINARY_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size as it is set, in the largest unit that gives a short number, such as "6 GiB". */
export function binaryBytes(size: number): string {
  const power = size > 0 ? Math.min(BINARY_UNITS.length - 1, Math.floor(Math.log2(size) / 10)) : 0;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(size / 1024 ** power)} ${BINARY_UNITS[power]}`;
}

const cents = new Intl.NumberFormat(locale, {
  style: "currency",
  currency: "USD",
  currencyDisplay: "narrowSymbol",
  minimumFractionDigits: 2,
  maximumFractionDigits: 4,
});

/** An amount of money with two decimals, or with up to four where less would hide a small one. */
export const dollars = (usd: number): string =>
  cents.format(usd !== 0 && usd < 1 ? usd : Math.round(usd * 100) / 100);
