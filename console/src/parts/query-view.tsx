import { CloudOff, RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Failure, wordsOf } from "../api/failure.ts";
import { words } from "../words/index.ts";
import { errorText, Notice } from "./notice.tsx";
import { Loading } from "./page.tsx";

/** What this needs to know of a query. */
interface Query<Data> {
  data: Data | undefined;
  error: unknown;
  isFetching: boolean;
  refetch: () => unknown;
}

export function RetryButton({ onRetry, isBusy = false }: { onRetry: () => unknown; isBusy?: boolean }) {
  return (
    <button type="button" className="button" disabled={isBusy} onClick={() => void onRetry()}>
      <RotateCw size={16} className={isBusy ? "turning" : ""} aria-hidden />{" "}
      {isBusy ? words.common.retrying : words.common.retry}
    </button>
  );
}

/** Shown instead of what could not be loaded: what happened, and a way to try again. */
export function LoadFailure({
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
  const Icon = error instanceof Failure && error.status === 0 ? CloudOff : TriangleAlert;
  return (
    <div className="card nothing load-failure" role="alert">
      <Icon size={30} aria-hidden />
      <Heading>{title}</Heading>
      <p>{errorText(error)}</p>
      <RetryButton onRetry={onRetry} isBusy={isBusy} />
    </div>
  );
}

/**
 * What a query found; grey rows while it looks, and the reason with a way to try again where it failed.
 * What was found before stays when a later look fails.
 *
 * @param failed - Said when it cannot be had, such as "Could not load API keys".
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
      <LoadFailure title={failed} error={error} isBusy={isFetching} onRetry={refetch} />
    ) : (
      <Loading {...(rows === undefined ? {} : { rows })} />
    );
  return (
    <>
      {error !== null && error !== undefined && (
        <Notice
          kind="wait"
          title={words.errors.outOfDate}
          action={<RetryButton onRetry={refetch} isBusy={isFetching} />}
        >
          {wordsOf(error)}
        </Notice>
      )}
      {children(data)}
    </>
  );
}
