import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { consoleApi, dataOf, onSignedOut, type Session } from "../api/console.ts";
import { forgetTokens } from "../api/token.ts";
import { deleteAll } from "../components/draft-storage.ts";
import { dock } from "./dock-store.ts";

export const SESSION = ["session"] as const;

/** Fetches who is signed in. */
export function useSessionQuery() {
  return useQuery({
    queryKey: SESSION,
    queryFn: async () => dataOf(await consoleApi.GET("/console/api/session")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const Current = createContext<Session | null>(null);

/** Provides who is signed in. */
export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  const queries = useQueryClient();
  useEffect(() => {
    onSignedOut(() => {
      // Nobody could see or end it any more.
      void dock.get().docked?.end();
      forgetTokens();
      queries.setQueryData<Session>(SESSION, (before) => before && { ...before, signed_in: false });
    });
  }, [queries]);
  return <Current value={session}>{children}</Current>;
}

export function useSession(): Session {
  const session = useContext(Current);
  if (!session) throw new Error("There is no session here.");
  return session;
}

/** A unique name of the account that is signed in; `null` if none is. */
export const accountOf = ({ user, key, organization }: Session): string | null => {
  const who = user ? `user ${user.email}` : key ? `key ${key.id}` : null;
  return who && organization ? `${who} ${organization.id}` : who;
};

const signOutCallbacks = new Set<() => Promise<unknown>>();

/** Registers a callback that cleans up before the account is signed out. */
export function onSignOut(callback: () => Promise<unknown>): void {
  signOutCallbacks.add(callback);
}

/** Stores another sign-in, or another account of it, and forgets what was loaded before. */
export function useNewSession(): (session: Session) => void {
  const queries = useQueryClient();
  return (session) => {
    forgetTokens();
    queries.setQueryData<Session>(SESSION, session);
    void queries.resetQueries({ predicate: (query) => query.queryKey[0] !== SESSION[0] });
  };
}

/** Signs out on the server, and deletes everything of the account in this browser. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    const before = queries.getQueryData<Session>(SESSION);
    await Promise.all([...signOutCallbacks].map((callback) => callback()));
    // Without storage, nothing was saved.
    await deleteAll().catch(() => undefined);
    await consoleApi.DELETE("/console/api/session");
    forgetTokens();
    // The sign-in query stays: its observers must see the change.
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION[0] });
    if (before)
      queries.setQueryData<Session>(SESSION, { ...before, signed_in: false, user: null, key: null });
  };
}
