import { createBrowserRouter, Navigate, Outlet, useLocation, useRouteError } from "react-router";
import { Failure } from "./api/failure.ts";
import { FailureNotice, Notice } from "./parts/notice.tsx";
import { Loading } from "./parts/page.tsx";
import { SessionProvider, useSession, useSessionQuery } from "./shell/session.tsx";
import { Shell } from "./shell/shell.tsx";

function Gate() {
  const query = useSessionQuery();
  if (query.isError)
    return (
      <main className="page">
        <FailureNotice error={query.error} title="The console cannot start" />
      </main>
    );
  if (!query.data)
    return (
      <main className="page">
        <Loading />
      </main>
    );
  return (
    <SessionProvider session={query.data}>
      <Outlet />
    </SessionProvider>
  );
}

function SignedIn() {
  const session = useSession();
  const { pathname } = useLocation();
  if (!session.signed_in) return <Navigate to="/sign-in" replace state={{ from: pathname }} />;
  return <Shell />;
}

/** What is shown when a page breaks: also after an update, when its old parts are gone. */
function Broken() {
  const error = useRouteError();
  return (
    <main className="page stack">
      {error instanceof Failure ? (
        <FailureNotice error={error} title="This page cannot be shown" />
      ) : (
        <Notice title="This page broke">
          Load it again. If that does not help, the browser's console says what happened.
        </Notice>
      )}
      <div>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Load again
        </button>
      </div>
    </main>
  );
}

function Lost() {
  return (
    <div className="page stack">
      <h1>There is no such page</h1>
      <p className="soft">It may have moved; the menu lists what there is.</p>
    </div>
  );
}

export const router = createBrowserRouter([
  {
    Component: Gate,
    ErrorBoundary: Broken,
    HydrateFallback: Loading,
    children: [
      {
        path: "/sign-in",
        lazy: async () => ({ Component: (await import("./pages/sign-in/sign-in.tsx")).SignIn }),
      },
      {
        Component: SignedIn,
        ErrorBoundary: Broken,
        children: [
          { path: "/", element: <Navigate to="/studio" replace /> },
          {
            path: "/studio",
            lazy: async () => ({ Component: (await import("./pages/studio/studio.tsx")).Studio }),
          },
          { path: "/live", lazy: async () => ({ Component: (await import("./pages/live/live.tsx")).Live }) },
          {
            path: "/sessions",
            lazy: async () => ({ Component: (await import("./pages/sessions/sessions.tsx")).Sessions }),
          },
          { path: "/jobs", lazy: async () => ({ Component: (await import("./pages/jobs/jobs.tsx")).Jobs }) },
          {
            path: "/usage",
            lazy: async () => ({ Component: (await import("./pages/usage/usage.tsx")).Usage }),
          },
          { path: "/keys", lazy: async () => ({ Component: (await import("./pages/keys/keys.tsx")).Keys }) },
          {
            path: "/workers",
            lazy: async () => ({ Component: (await import("./pages/workers/workers.tsx")).Workers }),
          },
          {
            path: "/settings",
            lazy: async () => ({ Component: (await import("./pages/settings/settings.tsx")).Settings }),
          },
          { path: "*", Component: Lost },
        ],
      },
    ],
  },
]);
