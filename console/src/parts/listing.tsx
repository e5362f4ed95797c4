import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Search } from "lucide-react";
import { type ReactNode, useDeferredValue, useState } from "react";
import { words as texts } from "../words/index.ts";
import { count as written } from "./format.ts";
import { Nothing } from "./page.tsx";
import { QueryView } from "./query-view.tsx";

const PAGE_ROWS = 25;

/** One value that rows of a list must have, or any: each by the name that people read. */
interface Filter {
  label: string;
  all: string;
  names: Readonly<Record<string, string>>;
}

type Filters = Readonly<Record<string, Filter>>;

/** What the server is asked for: a part of the rows that hold the words and fit the filters. */
type Wanted<Of extends Filters> = { [Name in keyof Of]?: keyof Of[Name]["names"] } & {
  words: string;
  limit: number;
  offset: number;
};

interface Narrowing {
  words: string;
  chosen: Readonly<Record<string, string | undefined>>;
}

/**
 * A long list that the server searches: what is wanted of it, and what was found, looked at again and again.
 *
 * @param name - What it is called in the cache, before what is wanted.
 * @param find - Asks for a part of the rows; `count` is how many there are in all.
 */
export function useListing<Of extends Filters, Row>({
  name,
  filters,
  lookEveryMs,
  find,
}: {
  name: string;
  filters: Of;
  lookEveryMs: number;
  find: (wanted: Wanted<Of>, signal: AbortSignal) => Promise<{ rows: Row[]; count: number }>;
}) {
  const [narrowing, setNarrowing] = useState<Narrowing>({ words: "", chosen: {} });
  const [offset, setOffset] = useState(0);
  const words = useDeferredValue(narrowing.words.trim());
  const wanted = { ...narrowing.chosen, words, limit: PAGE_ROWS, offset } as Wanted<Of>;
  const found = useQuery({
    queryKey: [name, wanted],
    queryFn: ({ signal }) => find(wanted, signal),
    placeholderData: keepPreviousData,
    refetchInterval: lookEveryMs,
  });
  const narrow = (change: Partial<Narrowing>) => {
    setNarrowing({ ...narrowing, ...change });
    setOffset(0);
  };
  return { filters, narrowing, narrow, offset, move: setOffset, found, rows: found.data?.rows ?? [] };
}

/**
 * A listing as it is seen: what it is narrowed to, how many were found, and the rows, or why there are none.
 *
 * @param failed - Said when it cannot be had.
 * @param unfit - Said when nothing fits what it is narrowed to.
 * @param none - Shown while there is nothing to list at all.
 * @param children - The rows.
 */
export function Listing({
  of: { filters, narrowing, narrow, offset, move, found },
  hint,
  failed,
  unfit,
  none,
  children,
}: {
  of: ReturnType<typeof useListing>;
  hint: string;
  failed: string;
  unfit: string;
  none: ReactNode;
  children: ReactNode;
}) {
  const { words, chosen } = narrowing;
  const isNarrowed = words !== "" || Object.values(chosen).some((value) => value !== undefined);
  return (
    <div className="stack">
      <search className="row">
        <SearchField
          label={texts.common.search}
          hint={hint}
          words={words}
          onChange={(words) => narrow({ words })}
        />
        {Object.entries(filters).map(([name, filter]) => (
          <OneOf
            key={name}
            filter={filter}
            value={chosen[name]}
            onChange={(value) => narrow({ chosen: { ...chosen, [name]: value } })}
          />
        ))}
        {found.data && (
          <span className="faint small figures" role="status">
            {texts.common.results(found.data.count, written(found.data.count))}
          </span>
        )}
      </search>
      <QueryView of={found} failed={failed} rows={8}>
        {({ count }) =>
          count > 0 ? (
            <div className="card">
              {children}
              <Pager offset={offset} count={count} onMove={move} />
            </div>
          ) : (
            <div className="card">
              {isNarrowed ? (
                <Nothing icon={<Search size={28} aria-hidden />} title={texts.common.noResults}>
                  <p>{unfit}</p>
                </Nothing>
              ) : (
                none
              )}
            </div>
          )
        }
      </QueryView>
    </div>
  );
}

/** Words to look for in a list. */
export function SearchField({
  label,
  hint,
  words,
  onChange,
}: {
  label: string;
  hint: string;
  words: string;
  onChange: (words: string) => void;
}) {
  return (
    <label className="field search-field">
      <span className="unseen">{label}</span>
      <Search size={16} aria-hidden />
      <input
        className="input"
        type="search"
        placeholder={hint}
        value={words}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

function OneOf({
  filter,
  value,
  onChange,
}: {
  filter: Filter;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  return (
    <label>
      <span className="unseen">{filter.label}</span>
      <select
        className="input"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">{filter.all}</option>
        {Object.entries(filter.names).map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Which part of the list is shown, and the way to the others. */
function Pager({
  offset,
  count,
  onMove,
}: {
  offset: number;
  count: number;
  onMove: (offset: number) => void;
}) {
  if (count <= PAGE_ROWS) return null;
  return (
    <nav className="pager row apart" aria-label={texts.common.pagination}>
      <span className="faint small figures">
        {texts.common.range(
          written(offset + 1),
          written(Math.min(offset + PAGE_ROWS, count)),
          written(count),
        )}
      </span>
      <span className="row">
        <button
          type="button"
          className="button icon"
          aria-label={texts.common.previousPage}
          disabled={offset === 0}
          onClick={() => onMove(Math.max(0, offset - PAGE_ROWS))}
        >
          <ChevronLeft size={16} aria-hidden />
        </button>
        <button
          type="button"
          className="button icon"
          aria-label={texts.common.nextPage}
          disabled={offset + PAGE_ROWS >= count}
          onClick={() => onMove(offset + PAGE_ROWS)}
        >
          <ChevronRight size={16} aria-hidden />
        </button>
      </span>
    </nav>
  );
}
