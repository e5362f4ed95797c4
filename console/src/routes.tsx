import { createBrowserRouter, Link, Navigate, Outlet, useLocation, useRouteError } from "react-router";
import { Coded } from "./components/coded.tsx";
import { LoadError } from "./components/query-view.tsx";
import { Loading, Standalone } from "./components/standalone.tsx";
import { SessionProvider, useSession, useSessionQuery } from "./shell/session.tsx";
import { Shell } from "./shell/shell.tsx";
import { words } from "./words/index.ts";

function SessionLoader() {
  const { data, error, isFetching, refetch } = useSessionQuery();
  if (data)
    return (
      <SessionProvider session={data}>
        <Outlet />
      </SessionProvider>
    );
  if (!error) return <Loading />;
  return (
    <Standalone>
      <LoadError title={words.errors.start} error={error} isBusy={isFetching} isWholePage onRetry={refetch} />
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

/** Shown when a page crashes, and when its script is gone after an update. */
function ErrorPage() {
  const error = useRouteError();
  const isScriptMissing = error instanceof Error && /import|module|preload/i.test(error.message);
  return (
    <div className="page">
      <LoadError
        title={isScriptMissing ? words.errors.pageNotLoaded : words.errors.crashed}
        error={isScriptMissing ? words.errors.pageNotLoadedText : words.errors.crashedText}
        isWholePage
        onRetry={() => window.location.reload()}
      />
    </div>
  );
}

function StandaloneErrorPage() {
  return (
    <Standalone>
      <ErrorPage />
    </Standalone>
  );
}

function NotFound() {
  const { pathname } = useLocation();
  return (
    <div className="empty-state not-found">
      <p className="not-found-code" aria-hidden>
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

/** Unknown addresses: with the menu for users who are signed in. Others need not sign in to see it. */
function NotFoundPage() {
  const session = useSession();
  if (session.signed_in)
    return (
      <Shell>
        <NotFound />
      </Shell>
    );
  return (
    <Standalone>
      <NotFound />
    </Standalone>
  );
}

export const router = createBrowserRouter([
  {
    Component: SessionLoader,
    ErrorBoundary: StandaloneErrorPage,
    HydrateFallback: Loading,
    children: [
      {
        path: "/sign-in",
        lazy: async () => ({ Component: (await import("./pages/sign-in/sign-in.tsx")).SignIn }),
      },
      {
        path: "/sign-in/failed",
        lazy: async () => ({ Component: (await import("./pages/sign-in/sign-in-failed.tsx")).SignInFailed }),
      },
      {
        path: "/invitation",
        lazy: async () => ({ Component: (await import("./pages/invitation/invitation.tsx")).InvitationPage }),
      },
      {
        Component: SignedIn,
        children: [
          {
            // Below the menu: a page that breaks leaves the menu and a live session alone.
            ErrorBoundary: ErrorPage,
            children: [
              { path: "/", element: <Navigate to="/studio" replace /> },
              {
                path: "/create",
                lazy: async () => ({ Component: (await import("./pages/create/create.tsx")).Create }),
              },
              {
                path: "/studio",
                lazy: async () => ({ Component: (await import("./pages/studio/studio.tsx")).Studio }),
              },
              {
                path: "/live",
                lazy: async () => ({ Component: (await import("./pages/live/live.tsx")).Live }),
              },
              {
                path: "/agents",
                lazy: async () => ({ Component: (await import("./pages/agents/agents.tsx")).Agents }),
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
                path: "/payments",
                lazy: async () => ({ Component: (await import("./pages/payments/payments.tsx")).Payments }),
              },
              {
                path: "/keys",
                lazy: async () => ({ Component: (await import("./pages/keys/keys.tsx")).Keys }),
              },
              {
                path: "/organizations",
                lazy: async () => ({
                  Component: (await import("./pages/organizations/organizations.tsx")).Organizations,
                }),
              },
              {
                path: "/users",
                lazy: async () => ({ Component: (await import("./pages/users/users.tsx")).Users }),
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
      { path: "*", Component: NotFoundPage },
    ],
  },
]);
