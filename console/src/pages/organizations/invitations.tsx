import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Mail, Plus } from "lucide-react";
import { useState } from "react";
import { dataOf } from "../../api/console.ts";
import { messageOf } from "../../api/error.ts";
import {
  type Invitation,
  inside,
  type Organization,
  organizationsApi,
  type Role,
} from "../../api/organizations.ts";
import { atTime } from "../../components/format.ts";
import { ErrorNotice } from "../../components/notice.tsx";
import { EmptyState } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { SharedLink } from "../../components/shared-link.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { ShownOnceSheet } from "../../components/shown-once-sheet.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";
import { wordFor, words } from "../../words/index.ts";
import { RoleField } from "./members.tsx";
import { invitationsOf } from "./queries.ts";

const INVITATIONS = "/v1/organizations/{org_id}/invitations";

interface Made {
  url: string;
  email: string;
}

function Invite({
  organization,
  sendsEmail,
  onClose,
}: {
  organization: Organization;
  sendsEmail: boolean;
  onClose: () => void;
}) {
  const queries = useQueryClient();
  const [made, setMade] = useState<Made | null>(null);
  const invite = useMutation({
    mutationFn: async (body: { email: string; role: Role; send_email: boolean }) =>
      dataOf(await organizationsApi.POST(INVITATIONS, { ...inside(organization.id), body })),
    onSuccess: ({ url, invitation }) => {
      void queries.invalidateQueries({ queryKey: invitationsOf(organization.id) });
      if (url) return setMade({ url, email: invitation.email });
      showToast(words.invitations.sentToast(invitation.email));
      onClose();
    },
  });
  if (made)
    return (
      <ShownOnceSheet
        title={words.invitations.createdTitle}
        shownOnce={words.invitations.shownOnce}
        about={words.invitations.shownOnceText(made.email)}
        onClose={onClose}
      >
        <SharedLink url={made.url} label={words.invitations.link} />
      </ShownOnceSheet>
    );
  return (
    <Sheet title={words.invitations.createTitle} onClose={onClose}>
      {invite.isError && <ErrorNotice error={invite.error} />}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          invite.mutate({
            email: String(form.get("email") ?? "").trim(),
            role: String(form.get("role")) as Role,
            send_email: form.get("send") !== null,
          });
        }}
      >
        <label className="field">
          <span>{words.invitations.email}</span>
          <input className="input" name="email" type="email" required maxLength={254} />
        </label>
        <RoleField own={organization.role} label={words.invitations.role} />
        {sendsEmail && (
          <label className="check">
            <input type="checkbox" name="send" defaultChecked />
            <span>{words.invitations.sendEmail}</span>
          </label>
        )}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={invite.isPending}>
            {words.invitations.create}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function Revoke({ organization, row }: { organization: Organization; row: Invitation }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: async () => {
      const path = { org_id: organization.id, invitation_id: row.id };
      await organizationsApi.DELETE(`${INVITATIONS}/{invitation_id}`, { params: { path } });
    },
    onSuccess: () => showToast(words.invitations.revokedToast(row.email)),
    onError: (error) => showToast(messageOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: invitationsOf(organization.id) }),
  });
  return (
    <button
      type="button"
      className="button quiet"
      aria-label={words.invitations.revokeNamed(row.email)}
      disabled={revoke.isPending}
      onClick={() => revoke.mutate()}
    >
      {words.invitations.revoke}
    </button>
  );
}

const columns = (organization: Organization): readonly Column<Invitation>[] => [
  { name: words.invitations.columns.email, cell: (row) => <strong>{row.email}</strong> },
  { name: words.invitations.columns.role, cell: (row) => wordFor(words.organizations.roles, row.role) },
  {
    name: words.invitations.columns.sent,
    cell: (row) => (row.is_emailed ? words.invitations.byEmail : words.invitations.byHand),
  },
  { name: words.invitations.columns.expires, cell: (row) => atTime(row.expires_at) },
  {
    name: words.invitations.columns.actions,
    isNameUnseen: true,
    cell: (row) => <Revoke organization={organization} row={row} />,
    className: "action",
  },
];

/** The open invitations of an organization. */
export function Invitations({ organization }: { organization: Organization }) {
  const [isInviting, setInviting] = useState(false);
  const list = useQuery({
    queryKey: invitationsOf(organization.id),
    queryFn: async () => dataOf(await organizationsApi.GET(INVITATIONS, inside(organization.id))),
  });
  return (
    <div className="stack">
      <div className="row apart">
        <p className="soft">{words.invitations.about}</p>
        <button type="button" className="button primary" onClick={() => setInviting(true)}>
          <Plus size={17} aria-hidden /> {words.invitations.create}
        </button>
      </div>
      <QueryView of={list} failed={words.invitations.failed}>
        {({ invitations }) => (
          <div className="card">
            {invitations.length === 0 ? (
              <EmptyState icon={<Mail size={28} aria-hidden />} title={words.invitations.empty.title}>
                <p>{words.invitations.empty.text}</p>
              </EmptyState>
            ) : (
              <Table
                label={words.invitations.title}
                rows={invitations}
                keyOf={(row) => row.id}
                columns={columns(organization)}
              />
            )}
          </div>
        )}
      </QueryView>
      {isInviting && (
        <Invite
          organization={organization}
          sendsEmail={list.data?.sends_email ?? false}
          onClose={() => setInviting(false)}
        />
      )}
    </div>
  );
}
