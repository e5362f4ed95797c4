import { CloudOff, RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError, messageOf } from "../api/error.ts";
import { words } from "../words/index.ts";
import { errorText, Notice } from "./notice.tsx";
import { Loading } from "./page.tsx";

/** The fields of a query that this component reads. */
interface Query<Data> {
  data: Data | undefined;
  error: unknown;
  isFetching: boolean;
  refetch: () => unknown;
}

export function RetryButton({ onRetry, isBusy = false }: { onRetry: () => unknown; isBusy?: boolean }) {
  return (
    <button type="button" className="button" disabled={isBusy} onClick={() => void onRetry()}>
      <RotateCw size={16} className={isBusy ? "spinning" : ""} aria-hidden />{" "}
      {isBusy ? words.common.retrying : words.common.retry}
    </button>
  );
}

/** Shown instead of content that could not be loaded: the error and a retry button. */
export function LoadError({
  title,
  error,
  isBusy = false,
  isWholePage = false,
  onRetry,
}: {
  title: string;
  error: unknown;
  isBusy?: boolean;
  isWholePage?: boolean;
  onRetry: () => unknown;
}) {
  const Heading = isWholePage ? "h1" : "h2";
  const Icon = error instanceof ApiError && error.status === 0 ? CloudOff : TriangleAlert;
  return (
    <div className="card empty-state load-error" role="alert">
      <Icon size={30} aria-hidden />
      <Heading>{title}</Heading>
      <p>{errorText(error)}</p>
      <RetryButton onRetry={onRetry} isBusy={isBusy} />
    </div>
  );
}

/**
 * Shows the data of a query, placeholder rows while it loads, or the error with a retry button.
 * If a later fetch fails, the old data stays, with a warning.
 *
 * @param failed - Title of the error, such as "Could not load API keys".
 */
export function QueryView<Data>({
  of: query,
  failed,
  rows,
  children,
}: {
  of: Query<Data>;
  failed: string;
  rows?: number;
  children: (data: Data) => ReactNode;
}) {
  const { data, error, isFetching, refetch } = query;
  if (data === undefined)
    return error ? (
      <LoadError title={failed} error={error} isBusy={isFetching} onRetry={refetch} />
    ) : (
      <Loading {...(rows === undefined ? {} : { rows })} />
    );
  return (
    <>
      {error !== null && error !== undefined && (
        <Notice
          kind="warning"
          title={words.errors.outOfDate}
          action={<RetryButton onRetry={refetch} isBusy={isFetching} />}
        >
          {messageOf(error)}
        </Notice>
      )}
      {children(data)}
    </>
  );
}
