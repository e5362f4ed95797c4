import { createBrowserRouter, Link, Navigate, Outlet, useLocation, useRouteError } from "react-router";
import { Booting, Standalone } from "./parts/boot.tsx";
import { Coded } from "./parts/coded.tsx";
import { LoadFailure } from "./parts/query-view.tsx";
import { SessionProvider, useSession, useSessionQuery } from "./shell/session.tsx";
import { Shell } from "./shell/shell.tsx";
import { words } from "./words/index.ts";

function Gate() {
  const { data, error, isFetching, refetch } = useSessionQuery();
  if (data)
    return (
      <SessionProvider session={data}>
        <Outlet />
      </SessionProvider>
    );
  if (!error) return <Booting />;
  return (
    <Standalone>
      <LoadFailure
        title={words.errors.start}
        error={error}
        isBusy={isFetching}
        isWholePage
        onRetry={refetch}
      />
    </Standalone>
  );
}

function SignedIn() {
  const session = useSession();
  const { pathname } = useLocation();
  if (!session.signed_in) return <Navigate to="/sign-in" replace state={{ from: pathname }} />;
  return (
    <Shell>
      <Outlet />
    </Shell>
  );
}

/** What is shown when a page breaks: also after an update, when its old parts are gone. */
function Broken() {
  const error = useRouteError();
  const isPartMissing = error instanceof Error && /import|module|preload/i.test(error.message);
  return (
    <div className="page">
      <LoadFailure
        title={isPartMissing ? words.errors.pageNotLoaded : words.errors.crashed}
        error={isPartMissing ? words.errors.pageNotLoadedText : words.errors.crashedText}
        isWholePage
        onRetry={() => window.location.reload()}
      />
    </div>
  );
}

function BrokenAlone() {
  return (
    <Standalone>
      <Broken />
    </Standalone>
  );
}

function Missing() {
  const { pathname } = useLocation();
  return (
    <div className="nothing missing">
      <p className="missing-number" aria-hidden>
        404
      </p>
      <h1>{words.shell.notFound.title}</h1>
      <p>
        <Coded>{words.shell.notFound.text(pathname)}</Coded>
      </p>
      <Link className="button primary" to="/studio">
        {words.shell.notFound.action}
      </Link>
    </div>
  );
}

/** Unknown addresses: with the menu for those who are signed in, and no sign-in asked of others. */
function Unknown() {
  const session = useSession();
  if (session.signed_in)
    return (
      <Shell>
        <Missing />
      </Shell>
    );
  return (
    <Standalone>
      <Missing />
    </Standalone>
  );
}

export const router = createBrowserRouter([
  {
    Component: Gate,
    ErrorBoundary: BrokenAlone,
    HydrateFallback: Booting,
    children: [
      {
        path: "/sign-in",
        lazy: async () => ({ Component: (await import("./pages/sign-in/sign-in.tsx")).SignIn }),
      },
      {
        Component: SignedIn,
        children: [
          {
            // Below the menu: a page that breaks takes neither it nor a live session along.
            ErrorBoundary: Broken,
            children: [
              { path: "/", element: <Navigate to="/studio" replace /> },
              {
                path: "/studio",
                lazy: async () => ({ Component: (await import("./pages/studio/studio.tsx")).Studio }),
              },
              {
                path: "/live",
                lazy: async () => ({ Component: (await import("./pages/live/live.tsx")).Live }),
              },
              {
                path: "/sessions",
                lazy: async () => ({ Component: (await import("./pages/sessions/sessions.tsx")).Sessions }),
              },
              {
                path: "/jobs",
                lazy: async () => ({ Component: (await import("./pages/jobs/jobs.tsx")).Jobs }),
              },
              {
                path: "/usage",
                lazy: async () => ({ Component: (await import("./pages/usage/usage.tsx")).Usage }),
              },
              {
                path: "/keys",
                lazy: async () => ({ Component: (await import("./pages/keys/keys.tsx")).Keys }),
              },
              {
                path: "/workers",
                lazy: async () => ({ Component: (await import("./pages/workers/workers.tsx")).Workers }),
              },
              {
                path: "/settings",
                lazy: async () => ({ Component: (await import("./pages/settings/settings.tsx")).Settings }),
              },
            ],
          },
        ],
      },
      { path: "*", Component: Unknown },
    ],
  },
]);
