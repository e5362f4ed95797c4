import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { consoleApi, dataOf, type InvitedUser, type UserRow } from "../../api/console.ts";
import { messageOf } from "../../api/error.ts";
import { ConfirmSheet } from "../../components/confirm-sheet.tsx";
import { duration, onDay } from "../../components/format.ts";
import { ErrorNotice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { SharedLink } from "../../components/shared-link.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { ShownOnceSheet } from "../../components/shown-once-sheet.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";

const texts = words.users;
const USERS = ["users"] as const;

interface Invitation {
  email: string;
  is_operator: boolean;
}

/** Asks for the address of a new user, and then shows the link. An earlier invitation is replaced. */
function Invite({ earlier, onClose }: { earlier: UserRow | null; onClose: () => void }) {
  const queries = useQueryClient();
  const [made, setMade] = useState<InvitedUser | null>(null);
  const invite = useMutation({
    mutationFn: async (body: Invitation) => dataOf(await consoleApi.POST("/console/api/users", { body })),
    onSuccess: (invited) => {
      setMade(invited);
      void queries.invalidateQueries({ queryKey: USERS });
    },
  });
  if (made)
    return (
      <ShownOnceSheet
        title={texts.invited}
        shownOnce={texts.shownOnce}
        about={texts.shownOnceText(made.user.email, duration(made.expires_in))}
        onClose={onClose}
      >
        <SharedLink url={made.url} label={texts.link} />
      </ShownOnceSheet>
    );
  return (
    <Sheet title={earlier ? texts.again : texts.invite} onClose={onClose}>
      {invite.isError && <ErrorNotice error={invite.error} />}
      <p className="soft">{earlier ? texts.againAbout : texts.inviteAbout}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          invite.mutate({
            email: String(form.get("email") ?? "").trim(),
            is_operator: form.get("operator") !== null,
          });
        }}
      >
        <label className="field">
          <span>{texts.email}</span>
          <input
            className="input"
            name="email"
            type="email"
            autoComplete="off"
            maxLength={254}
            defaultValue={earlier?.email}
            readOnly={earlier !== null}
            required
          />
        </label>
        <label className="check">
          <input type="checkbox" name="operator" defaultChecked={earlier?.is_operator} />
          <span>{texts.asOperator}</span>
        </label>
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={invite.isPending}>
            {texts.createLink}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

/** Asks before a user is removed, who is signed out everywhere at once. */
function RemoveUser({ user, onClose }: { user: UserRow; onClose: () => void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      await consoleApi.DELETE("/console/api/users/{user_id}", { params: { path: { user_id: user.id } } });
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: USERS });
      showToast(texts.removedToast(user.email));
      onClose();
    },
  });
  return (
    <ConfirmSheet
      title={texts.removeTitle(user.email)}
      confirm={texts.removeConfirm}
      action={remove}
      onClose={onClose}
    >
      <p>{texts.removeText}</p>
    </ConfirmSheet>
  );
}

/** The role of a user, as a choice for everybody but oneself: one operator always stays. */
function RoleCell({ user, isSelf }: { user: UserRow; isSelf: boolean }) {
  const queries = useQueryClient();
  const { operator, user: ordinary } = words.shell.roles;
  const change = useMutation({
    mutationFn: async (isOperator: boolean) => {
      const params = { path: { user_id: user.id } };
      await consoleApi.PATCH("/console/api/users/{user_id}", { params, body: { is_operator: isOperator } });
    },
    onError: (error) => showToast(messageOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: USERS }),
  });
  if (isSelf) return user.is_operator ? operator : ordinary;
  const isOperator = change.isPending ? change.variables : user.is_operator;
  return (
    <select
      className="input compact"
      aria-label={texts.roleOf(user.email)}
      value={isOperator ? "operator" : "user"}
      disabled={change.isPending}
      onChange={(event) => change.mutate(event.target.value === "operator")}
    >
      <option value="user">{ordinary}</option>
      <option value="operator">{operator}</option>
    </select>
  );
}

interface Actions {
  own: string | undefined;
  onInvite: (row: UserRow) => void;
  onRemove: (row: UserRow) => void;
}

const columns = ({ own, onInvite, onRemove }: Actions): readonly Column<UserRow>[] => [
  {
    name: texts.email,
    cell: (row) => (
      <>
        <strong>{row.email}</strong>
        {row.email === own && <span className="faint"> {words.members.you}</span>}
      </>
    ),
  },
  { name: texts.role, cell: (row) => <RoleCell user={row} isSelf={row.email === own} /> },
  { name: texts.status, cell: (row) => <StatusBadge status={row.has_password ? "member" : "invited"} /> },
  { name: texts.added, cell: (row) => onDay(row.created_at), className: "nobreak" },
  {
    name: texts.actions,
    isNameUnseen: true,
    cell: (row) => (
      <>
        {!row.has_password && (
          <button
            type="button"
            className="button quiet"
            aria-label={texts.newLinkNamed(row.email)}
            onClick={() => onInvite(row)}
          >
            {texts.newLink}
          </button>
        )}
        {row.email !== own && (
          <button
            type="button"
            className="button quiet"
            aria-label={texts.removeNamed(row.email)}
            onClick={() => onRemove(row)}
          >
            {texts.remove}
          </button>
        )}
      </>
    ),
    className: "action",
  },
];

/** The users of the server, for operators. */
export function Users() {
  const own = useSession().user?.email;
  const [inviting, setInviting] = useState<{ earlier: UserRow | null } | null>(null);
  const [removing, setRemoving] = useState<UserRow | null>(null);
  const list = useQuery({
    queryKey: USERS,
    queryFn: async () => dataOf(await consoleApi.GET("/console/api/users")).users,
  });
  const actions = (
    <button type="button" className="button primary" onClick={() => setInviting({ earlier: null })}>
      <UserPlus size={17} aria-hidden /> {texts.invite}
    </button>
  );
  return (
    <Page title={words.shell.pages.users} about={texts.about} actions={actions}>
      <QueryView of={list} failed={texts.failed}>
        {(rows) => (
          <div className="card">
            <Table
              label={words.shell.pages.users}
              rows={rows}
              keyOf={(row) => row.id}
              columns={columns({
                own,
                onInvite: (earlier) => setInviting({ earlier }),
                onRemove: setRemoving,
              })}
            />
          </div>
        )}
      </QueryView>
      {inviting && <Invite earlier={inviting.earlier} onClose={() => setInviting(null)} />}
      {removing && <RemoveUser user={removing} onClose={() => setRemoving(null)} />}
    </Page>
  );
}
