import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { consoleApi, held, onSignedOut, type Session } from "../api/console.ts";
import { forgetTokens } from "../api/token.ts";
import { forgetAll } from "../parts/database.ts";
import { dock } from "./docked.ts";

export const SESSION = ["session"] as const;

/** Asks the server who is signed in. */
export function useSessionQuery() {
  return useQuery({
    queryKey: SESSION,
    queryFn: async () => held(await consoleApi.GET("/console/api/session")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const Current = createContext<Session | null>(null);

/** Who is signed in, for everything below. */
export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  const queries = useQueryClient();
  useEffect(() => {
    onSignedOut(() => {
      // Nobody could see it, or end it, any more.
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

/** The account that is signed in, as a name that no other account has; `null` if none is. */
export const accountOf = ({ user, key }: Session): string | null =>
  user ? `user ${user.email}` : key ? `key ${key.id}` : null;

const beforeSigningOut = new Set<() => Promise<unknown>>();

/** Has something ended or deleted while the account is still signed in: what it leaves, nobody may find. */
export function onSigningOut(callback: () => Promise<unknown>): void {
  beforeSigningOut.add(callback);
}

/** Signs out here and at the server, and forgets everything that was shown. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    const before = queries.getQueryData<Session>(SESSION);
    await Promise.all([...beforeSigningOut].map((callback) => callback()));
    // Where the browser gives no disk, nothing was kept.
    await forgetAll().catch(() => undefined);
    await consoleApi.DELETE("/console/api/session");
    forgetTokens();
    // Not all of them: whoever shows the session must see it change.
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION[0] });
    if (before)
      queries.setQueryData<Session>(SESSION, { ...before, signed_in: false, user: null, key: null });
  };
}
