import { useMutation, useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { consoleApi, dataOf } from "../api/console.ts";
import { messageOf } from "../api/error.ts";
import { showToast } from "../components/toasts.tsx";
import { words } from "../words/index.ts";
import { useHasDock } from "./dock.tsx";
import { useNewSession, useSession } from "./session.tsx";

const OWN = "";

/** The account for which this browser acts: the user's own, or an organization's. */
export function AccountSwitch() {
  const session = useSession();
  const label = useId();
  const store = useNewSession();
  const isLive = useHasDock();
  const accounts = useQuery({
    queryKey: ["accounts"],
    queryFn: async () => dataOf(await consoleApi.GET("/console/api/session/accounts")).organizations,
    enabled: session.user != null,
  });
  const change = useMutation({
    mutationFn: async (id: string) =>
      dataOf(
        await consoleApi.POST("/console/api/session/account", {
          body: { organization_id: id === OWN ? null : id },
        }),
      ),
    onSuccess: store,
    onError: (error) => showToast(words.shell.notSwitched(messageOf(error))),
  });
  const { user, organization } = session;
  const others = accounts.data ?? (organization ? [organization] : []);
  if (!user || others.length === 0) return null;
  const hint = session.is_bound ? words.shell.boundAccount : isLive ? words.shell.accountLocked : undefined;
  return (
    <div className="field account-switch" title={hint}>
      <label htmlFor={label}>{words.shell.account}</label>
      <select
        id={label}
        className="input"
        value={organization?.id ?? OWN}
        disabled={hint !== undefined || change.isPending}
        onChange={(event) => change.mutate(event.target.value)}
      >
        {!session.is_bound && <option value={OWN}>{words.shell.ownAccount}</option>}
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
