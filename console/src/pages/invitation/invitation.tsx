import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { consoleApi, dataOf, type Invited } from "../../api/console.ts";
import { ApiError } from "../../api/error.ts";
import { ErrorNotice, Notice } from "../../components/notice.tsx";
import { Loading } from "../../components/page.tsx";
import { LoadError } from "../../components/query-view.tsx";
import { Standalone } from "../../components/standalone.tsx";
import { useNewSession, useSession } from "../../shell/session.tsx";
import { wordFor, words } from "../../words/index.ts";

function useAccept(secret: string) {
  const store = useNewSession();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (password: string | null) =>
      dataOf(
        await consoleApi.POST("/console/api/invitations/accept", { body: { invitation: secret, password } }),
      ),
    onSuccess: (session) => {
      store(session);
      void navigate("/studio", { replace: true });
    },
  });
}

/** Accepts as the user who is signed in. */
function Accept({ secret, email }: { secret: string; email: string }) {
  const accept = useAccept(secret);
  return (
    <>
      <p className="soft">{words.invitation.acceptAs(email)}</p>
      {accept.isError && <ErrorNotice error={accept.error} />}
      <button
        type="button"
        className="button primary large"
        disabled={accept.isPending}
        onClick={() => accept.mutate(null)}
      >
        {accept.isPending ? words.invitation.accepting : words.invitation.accept}
      </button>
    </>
  );
}

/** Creates a user for whoever has none. */
function CreateUser({ secret, email }: { secret: string; email: string }) {
  const accept = useAccept(secret);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        accept.mutate(String(new FormData(event.currentTarget).get("password") ?? ""));
      }}
    >
      {accept.isError && <ErrorNotice error={accept.error} />}
      <label className="field">
        <span>{words.invitation.email}</span>
        <input className="input" type="email" autoComplete="username" value={email} readOnly />
      </label>
      <label className="field">
        <span>{words.invitation.password}</span>
        <input
          className="input"
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={10}
          required
        />
        <small className="hint">{words.invitation.passwordHint}</small>
      </label>
      <button type="submit" className="button primary large" disabled={accept.isPending}>
        {accept.isPending ? words.invitation.accepting : words.invitation.createAccount}
      </button>
    </form>
  );
}

function Answer({ invited, secret }: { invited: Invited; secret: string }) {
  const session = useSession();
  const role = wordFor(words.organizations.roles, invited.role);
  return (
    <>
      <div>
        <h1>{words.invitation.join(invited.organization)}</h1>
        <p className="soft">{words.invitation.about(invited.organization, role)}</p>
      </div>
      {session.user ? (
        <Accept secret={secret} email={session.user.email} />
      ) : invited.can_create_user ? (
        <CreateUser secret={secret} email={invited.email} />
      ) : (
        <>
          <Notice kind="info" title={words.invitation.signInFirst}>
            {words.invitation.signInFirstText}
          </Notice>
          <Link className="button primary large" to="/sign-in" state={{ from: `/invitation#${secret}` }}>
            {words.invitation.signIn}
          </Link>
        </>
      )}
    </>
  );
}

/** Where the link of an invitation leads. */
export function InvitationPage() {
  const location = useLocation();
  const [secret] = useState(() => location.hash.slice(1));
  useEffect(() => {
    document.title = words.shell.documentTitle(words.invitation.title);
    // The secret must not stay in the address bar or in the history.
    window.history.replaceState(window.history.state, "", location.pathname);
  }, [location]);
  const look = useQuery({
    queryKey: ["session", "invitation", secret],
    queryFn: async () =>
      dataOf(await consoleApi.POST("/console/api/invitations/look", { body: { invitation: secret || "-" } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const isUnreachable =
    look.error instanceof ApiError && (look.error.status === 0 || look.error.status >= 500);
  return (
    <Standalone>
      <div className="stack invitation">
        {look.isPending && <Loading rows={3} />}
        {isUnreachable && (
          <LoadError
            title={words.invitation.unchecked}
            error={look.error}
            isBusy={look.isFetching}
            isWholePage
            onRetry={look.refetch}
          />
        )}
        {look.isError && !isUnreachable && (
          <>
            <h1>{words.invitation.title}</h1>
            <ErrorNotice error={look.error} title={words.invitation.invalid} />
            <Link className="button" to="/">
              {words.invitation.toConsole}
            </Link>
          </>
        )}
        {look.data && <Answer invited={look.data} secret={secret} />}
      </div>
    </Standalone>
  );
}
