import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { dataOf } from "../../api/console.ts";
import { messageOf } from "../../api/error.ts";
import {
  inside,
  type Member,
  type Organization,
  organizationsApi,
  ROLES,
  type Role,
} from "../../api/organizations.ts";
import { ConfirmSheet } from "../../components/confirm-sheet.tsx";
import { onDay } from "../../components/format.ts";
import { ErrorNotice } from "../../components/notice.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";
import { useSession } from "../../shell/session.tsx";
import { wordFor, words } from "../../words/index.ts";
import { useLeft } from "./left.ts";
import { detailsOf } from "./queries.ts";

const MEMBERS = "/v1/organizations/{org_id}/members";
const MEMBER = "/v1/organizations/{org_id}/members/{member_id}";

/** The roles that a member with this role may give to others. */
export const rolesFor = (own: string): readonly Role[] =>
  own === "owner" ? ROLES : ROLES.filter((role) => role !== "owner");

/** A choice of a role. */
export function RoleField({ own, label }: { own: string; label: string }) {
  return (
    <label className="field">
      <span>{label}</span>
      <select className="input" name="role" defaultValue="member">
        {rolesFor(own).map((role) => (
          <option key={role} value={role}>
            {wordFor(words.organizations.roles, role)}
          </option>
        ))}
      </select>
    </label>
  );
}

function useAdd(organization: Organization, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: { email: string; role: Role; name: string | null }) =>
      dataOf(await organizationsApi.POST(MEMBERS, { ...inside(organization.id), body })).member,
    onSuccess: (member) => {
      void queries.invalidateQueries({ queryKey: detailsOf(organization.id) });
      showToast(words.members.addedToast(member.email));
      onDone();
    },
  });
}

function AddMember({ organization, onClose }: { organization: Organization; onClose: () => void }) {
  const add = useAdd(organization, onClose);
  return (
    <Sheet title={words.members.addTitle} onClose={onClose}>
      {add.isError && <ErrorNotice error={add.error} />}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const read = (name: string) => String(form.get(name) ?? "").trim();
          add.mutate({ email: read("email"), role: read("role") as Role, name: read("name") || null });
        }}
      >
        <label className="field">
          <span>{words.members.email}</span>
          <input className="input" name="email" type="email" required maxLength={254} />
          <small className="hint">{words.members.emailHint}</small>
        </label>
        <label className="field">
          <span>{words.members.name}</span>
          <input className="input" name="name" maxLength={100} />
        </label>
        <RoleField own={organization.role} label={words.members.role} />
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={add.isPending}>
            {words.members.add}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function RemoveMember({
  organization,
  member,
  isSelf,
  onClose,
  onLeft,
}: {
  organization: Organization;
  member: Member;
  isSelf: boolean;
  onClose: () => void;
  onLeft: () => void;
}) {
  const queries = useQueryClient();
  const left = useLeft(onLeft);
  const remove = useMutation({
    mutationFn: async () => {
      const path = { org_id: organization.id, member_id: member.id };
      await organizationsApi.DELETE(MEMBER, { params: { path } });
    },
    onSuccess: async () => {
      if (isSelf) return await left(words.members.leftToast(organization.name));
      void queries.invalidateQueries({ queryKey: detailsOf(organization.id) });
      showToast(words.members.removedToast(member.email));
      onClose();
    },
  });
  return (
    <ConfirmSheet
      title={isSelf ? words.members.leaveTitle(organization.name) : words.members.removeTitle(member.email)}
      confirm={isSelf ? words.members.leaveConfirm : words.members.removeConfirm}
      action={remove}
      onClose={onClose}
    >
      <p>{isSelf ? words.members.leaveText : words.members.removeText}</p>
    </ConfirmSheet>
  );
}

/** The role of a member, as a choice where it may be changed. */
function RoleCell({ organization, member }: { organization: Organization; member: Member }) {
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: async (role: Role) => {
      const path = { org_id: organization.id, member_id: member.id };
      await organizationsApi.PATCH(MEMBER, { params: { path }, body: { role } });
    },
    onError: (error) => showToast(messageOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: detailsOf(organization.id) }),
  });
  const roles = rolesFor(organization.role);
  const canChange =
    organization.role !== "member" &&
    member.status === "active" &&
    roles.some((role) => role === member.role);
  if (!canChange) return wordFor(words.organizations.roles, member.role);
  return (
    <select
      className="input compact"
      aria-label={words.members.roleOf(member.email)}
      value={change.isPending ? change.variables : member.role}
      disabled={change.isPending}
      onChange={(event) => change.mutate(event.target.value as Role)}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {wordFor(words.organizations.roles, role)}
        </option>
      ))}
    </select>
  );
}

/** The members of an organization. */
export function Members({
  organization,
  members,
  onLeft,
}: {
  organization: Organization;
  members: readonly Member[];
  onLeft: () => void;
}) {
  const own = useSession().user?.email;
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Member | null>(null);
  const again = useAdd(organization, () => undefined);
  const canManage = organization.role !== "member";
  const canRemove = (row: Member) =>
    row.email === own || (canManage && (organization.role === "owner" || row.role !== "owner"));
  const columns: readonly Column<Member>[] = [
    {
      name: words.members.columns.member,
      cell: (row) => (
        <>
          <strong>{row.name || row.email}</strong>
          {row.email === own && <span className="faint"> {words.members.you}</span>}
          {row.name && <small className="faint block">{row.email}</small>}
        </>
      ),
    },
    {
      name: words.members.columns.role,
      cell: (row) => <RoleCell organization={organization} member={row} />,
    },
    { name: words.members.columns.since, cell: (row) => onDay(row.created_at) },
    {
      name: words.members.columns.status,
      cell: (row) => (row.status === "active" ? words.members.active : <StatusBadge status="removed" />),
    },
    {
      name: words.members.columns.actions,
      isNameUnseen: true,
      className: "action",
      cell: (row) =>
        row.status === "active"
          ? canRemove(row) && (
              <button
                type="button"
                className="button quiet"
                aria-label={row.email === own ? words.members.leave : words.members.removeNamed(row.email)}
                onClick={() => setRemoving(row)}
              >
                {row.email === own ? words.members.leave : words.members.remove}
              </button>
            )
          : canManage && (
              <button
                type="button"
                className="button quiet"
                aria-label={words.members.reactivateNamed(row.email)}
                disabled={again.isPending}
                onClick={() => again.mutate({ email: row.email, role: "member", name: null })}
              >
                {words.members.reactivate}
              </button>
            ),
    },
  ];
  return (
    <div className="stack">
      {canManage && (
        <div className="row">
          <button type="button" className="button primary" onClick={() => setAdding(true)}>
            <UserPlus size={17} aria-hidden /> {words.members.add}
          </button>
        </div>
      )}
      {again.isError && <ErrorNotice error={again.error} />}
      <div className="card">
        <Table
          label={words.members.title}
          rows={members}
          keyOf={(row) => row.id}
          columns={columns}
          classOf={(row) => (row.status === "active" ? "" : "past")}
        />
      </div>
      {isAdding && <AddMember organization={organization} onClose={() => setAdding(false)} />}
      {removing && (
        <RemoveMember
          organization={organization}
          member={removing}
          isSelf={removing.email === own}
          onClose={() => setRemoving(null)}
          onLeft={onLeft}
        />
      )}
    </div>
  );
}
