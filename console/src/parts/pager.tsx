import { ChevronLeft, ChevronRight } from "lucide-react";
import { count as written } from "./format.ts";

/** Which part of a long list is shown, and the way to the others. */
export function Pager({
  offset,
  limit,
  count,
  onMove,
}: {
  offset: number;
  limit: number;
  count: number;
  onMove: (offset: number) => void;
}) {
  if (count <= limit) return null;
  return (
    <nav className="pager row apart" aria-label="Pages of the list">
      <span className="faint small figures">
        {written(offset + 1)}–{written(Math.min(offset + limit, count))} of {written(count)}
      </span>
      <span className="row">
        <button
          type="button"
          className="button icon"
          aria-label="Newer"
          disabled={offset === 0}
          onClick={() => onMove(Math.max(0, offset - limit))}
        >
          <ChevronLeft size={16} aria-hidden />
        </button>
        <button
          type="button"
          className="button icon"
          aria-label="Older"
          disabled={offset + limit >= count}
          onClick={() => onMove(offset + limit)}
        >
          <ChevronRight size={16} aria-hidden />
        </button>
      </span>
    </nav>
  );
}
