import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Search } from "lucide-react";
import { type ReactNode, useDeferredValue, useState } from "react";
import { words } from "../words/index.ts";
import { count as formatCount } from "./format.ts";
import { EmptyState } from "./page.tsx";
import { QueryView } from "./query-view.tsx";

const PAGE_ROWS = 25;

/** A filter for one field: its values, each with the name that people read. */
interface Filter {
  label: string;
  all: string;
  names: Readonly<Record<string, string>>;
}

type Filters = Readonly<Record<string, Filter>>;

/** The query for one page of the rows that match the search and the filters. */
type ListQuery<Of extends Filters> = { [Name in keyof Of]?: keyof Of[Name]["names"] } & {
  words: string;
  limit: number;
  offset: number;
};

interface Filtering {
  search: string;
  chosen: Readonly<Record<string, string | undefined>>;
}

/**
 * A long list that the server searches: the query, and its result, which is fetched again every `refetchMs`.
 *
 * @param name - Key of the list in the cache.
 * @param find - Fetches one page of rows; `count` is the number of all rows that match.
 */
export function useListing<Of extends Filters, Row>({
  name,
  filters,
  refetchMs,
  find,
}: {
  name: string;
  filters: Of;
  refetchMs: number;
  find: (query: ListQuery<Of>, signal: AbortSignal) => Promise<{ rows: Row[]; count: number }>;
}) {
  const [filtering, setFiltering] = useState<Filtering>({ search: "", chosen: {} });
  const [offset, setOffset] = useState(0);
  const search = useDeferredValue(filtering.search.trim());
  const query = { ...filtering.chosen, words: search, limit: PAGE_ROWS, offset } as ListQuery<Of>;
  const found = useQuery({
    queryKey: [name, query],
    queryFn: ({ signal }) => find(query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refetchMs,
  });
  const filter = (change: Partial<Filtering>) => {
    setFiltering({ ...filtering, ...change });
    setOffset(0);
  };
  return { filters, filtering, filter, offset, move: setOffset, found, rows: found.data?.rows ?? [] };
}

/**
 * Shows a listing: search, filters, number of results, and the rows.
 *
 * @param failed - Title of the error if the list cannot be loaded.
 * @param noMatches - Shown if nothing matches the search and the filters.
 * @param empty - Shown if the list is empty without any filter.
 * @param children - The rows.
 */
export function Listing({
  of: { filters, filtering, filter, offset, move, found },
  placeholder,
  failed,
  noMatches,
  empty,
  children,
}: {
  of: ReturnType<typeof useListing>;
  placeholder: string;
  failed: string;
  noMatches: string;
  empty: ReactNode;
  children: ReactNode;
}) {
  const { search, chosen } = filtering;
  const isFiltered = search !== "" || Object.values(chosen).some((value) => value !== undefined);
  return (
    <div className="stack">
      <search className="row">
        <SearchField
          label={words.common.search}
          placeholder={placeholder}
          value={search}
          onChange={(search) => filter({ search })}
        />
        {Object.entries(filters).map(([name, choices]) => (
          <FilterSelect
            key={name}
            filter={choices}
            value={chosen[name]}
            onChange={(value) => filter({ chosen: { ...chosen, [name]: value } })}
          />
        ))}
        {found.data && (
          <span className="faint small figures" role="status">
            {words.common.results(found.data.count, formatCount(found.data.count))}
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
              {isFiltered ? (
                <EmptyState icon={<Search size={28} aria-hidden />} title={words.common.noResults}>
                  <p>{noMatches}</p>
                </EmptyState>
              ) : (
                empty
              )}
            </div>
          )
        }
      </QueryView>
    </div>
  );
}

/** A search field for a list. */
export function SearchField({
  label,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <label className="field search-field">
      <span className="visually-hidden">{label}</span>
      <Search size={16} aria-hidden />
      <input
        className="input"
        type="search"
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

function FilterSelect({
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
      <span className="visually-hidden">{filter.label}</span>
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

/** The range of rows shown, and buttons to the previous and the next page. */
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
    <nav className="pager row apart" aria-label={words.common.pagination}>
      <span className="faint small figures">
        {words.common.range(
          formatCount(offset + 1),
          formatCount(Math.min(offset + PAGE_ROWS, count)),
          formatCount(count),
        )}
      </span>
      <span className="row">
        <button
          type="button"
          className="button icon"
          aria-label={words.common.previousPage}
          disabled={offset === 0}
          onClick={() => onMove(Math.max(0, offset - PAGE_ROWS))}
        >
          <ChevronLeft size={16} aria-hidden />
        </button>
        <button
          type="button"
          className="button icon"
          aria-label={words.common.nextPage}
          disabled={offset + PAGE_ROWS >= count}
          onClick={() => onMove(offset + PAGE_ROWS)}
        >
          <ChevronRight size={16} aria-hidden />
        </button>
      </span>
    </nav>
  );
}
