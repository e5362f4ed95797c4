import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Tabs } from "radix-ui";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { Navigate, useLocation } from "react-router";
import { consoleApi, dataOf, type Session } from "../../api/console.ts";
import { ApiError } from "../../api/error.ts";
import { forgetTokens } from "../../api/token.ts";
import { Coded } from "../../components/coded.tsx";
import { Mark } from "../../components/mark.tsx";
import { ErrorNotice, Notice } from "../../components/notice.tsx";
import { Loading } from "../../components/page.tsx";
import { LoadError } from "../../components/query-view.tsx";
import { SESSION, useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";
import { SsoForm } from "./sso-form.tsx";
import "./sign-in.css";

/** Ends the address of a link that signs in without a click. */
const QUICK = /&now$/;

type Credentials = { email: string; password: string } | { api_key: string };

function entry(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value : "";
}

/** Stores the sign-in, whichever way it came. */
function useSignedIn() {
  const queries = useQueryClient();
  return (session: Session) => {
    forgetTokens();
    queries.setQueryData<Session>(SESSION, session);
  };
}

function CredentialsForm({ hasUsers }: { hasUsers: boolean }) {
  const finish = useSignedIn();
  const signIn = useMutation({
    mutationFn: async (body: Credentials) => dataOf(await consoleApi.POST("/console/api/session", { body })),
    onSuccess: finish,
  });
  const submit = (read: (form: HTMLFormElement) => Credentials) => (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    signIn.mutate(read(event.currentTarget));
  };
  return (
    <>
      <div>
        <h1>{words.signIn.title}</h1>
        <p className="soft">{words.signIn.about}</p>
      </div>
      {!hasUsers && (
        <Notice kind="info" title={words.signIn.noUsers.title}>
          <Coded>{words.signIn.noUsers.text}</Coded>
        </Notice>
      )}
      {signIn.isError && <ErrorNotice error={signIn.error} />}
      <Tabs.Root defaultValue={hasUsers ? "password" : "key"} onValueChange={() => signIn.reset()}>
        <Tabs.List className="tabs" aria-label={words.signIn.methods}>
          <Tabs.Trigger value="password">{words.signIn.password}</Tabs.Trigger>
          <Tabs.Trigger value="sso">{words.ssoSignIn.method}</Tabs.Trigger>
          <Tabs.Trigger value="key">{words.signIn.apiKey}</Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="password" tabIndex={-1}>
          <form
            className="stack"
            onSubmit={submit((form) => ({ email: entry(form, "email"), password: entry(form, "password") }))}
          >
            <label className="field">
              <span>{words.signIn.email}</span>
              <input className="input" name="email" type="email" autoComplete="username" required />
            </label>
            <label className="field">
              <span>{words.signIn.password}</span>
              <input
                className="input"
                name="password"
                type="password"
                autoComplete="current-password"
                required
              />
            </label>
            <button type="submit" className="button primary large" disabled={signIn.isPending}>
              {signIn.isPending ? words.signIn.submitting : words.signIn.submit}
            </button>
            <p className="hint">
              <Coded>{words.signIn.forgotPassword}</Coded>
            </p>
          </form>
        </Tabs.Content>
        <Tabs.Content value="sso" tabIndex={-1}>
          <SsoForm />
        </Tabs.Content>
        <Tabs.Content value="key" tabIndex={-1}>
          <form className="stack" onSubmit={submit((form) => ({ api_key: entry(form, "key").trim() }))}>
            <label className="field">
              <span>{words.signIn.apiKey}</span>
              <input
                className="input mono"
                name="key"
                type="password"
                placeholder="sk_live_…"
                autoComplete="off"
                spellCheck={false}
                required
              />
              <small className="hint">{words.signIn.apiKeyHint}</small>
            </label>
            <button type="submit" className="button primary large" disabled={signIn.isPending}>
              {signIn.isPending ? words.signIn.submitting : words.signIn.submit}
            </button>
          </form>
        </Tabs.Content>
      </Tabs.Root>
    </>
  );
}

/** @param isQuick Whether the link signs in without a click: `visavis serve --open` opened it. */
function LinkForm({ link, isQuick, onCancel }: { link: string; isQuick: boolean; onCancel: () => void }) {
  const finish = useSignedIn();
  const check = useQuery({
    queryKey: ["link", link],
    queryFn: async () => dataOf(await consoleApi.POST("/console/api/session/link/look", { body: { link } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const signIn = useMutation({
    mutationFn: async (body: { email?: string; password?: string }) =>
      dataOf(await consoleApi.POST("/console/api/session/link", { body: { link, ...body } })),
    onSuccess: finish,
  });
  const { mutate, isIdle } = signIn;
  const entersNow = isQuick && check.data?.needs_password === false;
  useEffect(() => {
    if (entersNow && isIdle) mutate({});
  }, [entersNow, isIdle, mutate]);
  if (check.isPending || (entersNow && !signIn.isError)) return <Loading rows={3} />;
  if (check.error instanceof ApiError && (check.error.status === 0 || check.error.status >= 500))
    return (
      <LoadError
        title={words.signIn.linkUnchecked}
        error={check.error}
        isBusy={check.isFetching}
        isWholePage
        onRetry={check.refetch}
      />
    );
  if (check.isError)
    return (
      <>
        <h1>{words.signIn.title}</h1>
        <ErrorNotice error={check.error} title={words.signIn.linkInvalid} />
        <button type="button" className="button" onClick={onCancel}>
          {words.signIn.otherWay}
        </button>
      </>
    );
  const { makes_first_user: isFirst, needs_password: isNew, email } = check.data;
  const about = isFirst
    ? words.signIn.welcomeAbout
    : isNew
      ? words.signIn.invitedAbout
      : words.signIn.welcomeBackAbout;
  return (
    <>
      <div>
        <h1>{isNew ? words.signIn.welcome : words.signIn.welcomeBack}</h1>
        <p className="soft">{about}</p>
      </div>
      {signIn.isError && <ErrorNotice error={signIn.error} />}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const password = entry(form, "password");
          signIn.mutate({
            ...(isFirst ? { email: entry(form, "email") } : {}),
            ...(password ? { password } : {}),
          });
        }}
      >
        <label className="field">
          <span>{words.signIn.email}</span>
          <input
            className="input"
            name="email"
            type="email"
            autoComplete="username"
            defaultValue={email ?? ""}
            readOnly={email !== null}
            required
          />
          {isFirst && <small className="hint">{words.signIn.emailHint}</small>}
        </label>
        <label className="field">
          <span>{isNew ? words.signIn.password : words.signIn.newPassword}</span>
          <input
            className="input"
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={10}
            required={isNew}
          />
          <small className="hint">{words.signIn.passwordHint}</small>
        </label>
        <button type="submit" className="button primary large" disabled={signIn.isPending}>
          {isNew ? words.signIn.createAccount : words.signIn.submit}
        </button>
      </form>
    </>
  );
}

function Aside(): ReactNode {
  return (
    <aside className="sign-in-aside" aria-hidden>
      <figure>
        <img src="/console/api/default-face" alt="" width={1024} height={1024} />
        <i className="sound">
          {Array.from({ length: 28 }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: bars of a drawing, which never move
            <b key={index} />
          ))}
        </i>
      </figure>
      <p>{words.signIn.claim}</p>
    </aside>
  );
}

/** Sign-in by password, by API key, or by a one-time link. */
export function SignIn() {
  const session = useSession();
  const location = useLocation();
  const [hash, setHash] = useState(() => location.hash.slice(1));
  const link = hash.replace(QUICK, "");
  useEffect(() => {
    document.title = words.shell.documentTitle(words.signIn.title);
    if (!location.hash) return;
    setHash(location.hash.slice(1));
    // The link's secret must not stay in the address bar or in the history.
    window.history.replaceState(window.history.state, "", location.pathname);
  }, [location]);
  if (session.signed_in) {
    const from: unknown = location.state?.from;
    return <Navigate to={typeof from === "string" ? from : "/studio"} replace />;
  }
  return (
    <div className="sign-in">
      <Aside />
      <main>
        <div className="sign-in-form">
          <span className="brand">
            <Mark /> visavis
          </span>
          {link ? (
            <LinkForm link={link} isQuick={hash !== link} onCancel={() => setHash("")} />
          ) : (
            <CredentialsForm hasUsers={session.has_users} />
          )}
        </div>
      </main>
    </div>
  );
}
