import { type CallLabels, defaultLabels } from "@visavis/core";
import { createContext, useContext } from "react";
import type { UseAvatarSessionResult } from "./useAvatarSession.js";

/** What components of a call share. @public */
export interface CallContextValue {
  session: UseAvatarSessionResult;
  labels: CallLabels;
}

/**
 * The session that components belong to. `<AvatarCall/>` provides it; pages that arrange the components themselves
 * wrap them in it.
 *
 * @public
 */
export const CallContext: React.Context<CallContextValue | null> = createContext<CallContextValue | null>(
  null,
);

/** What a component may be given where no `CallContext` is around it. @public */
export interface SessionProps {
  /** Default: the one of the `CallContext`. */
  session?: UseAvatarSessionResult | undefined;
  labels?: Partial<CallLabels> | undefined;
}

/** The session and the texts of a component: its own, or those of the context around it. */
export function useCall({ session, labels }: SessionProps): CallContextValue {
  const around = useContext(CallContext);
  const found = session ?? around?.session;
  if (found === undefined) throw new Error("Pass a session, or put the component inside of <AvatarCall>.");
  return { session: found, labels: { ...defaultLabels, ...around?.labels, ...labels } };
}
