import { useMutation, useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import { Tabs } from "radix-ui";
import { useState } from "react";
import { dataOf } from "../../api/console.ts";
import {
  type Details as Found,
  inside,
  type Organization,
  organizationsApi,
} from "../../api/organizations.ts";
import { Coded } from "../../components/coded.tsx";
import { ConfirmSheet } from "../../components/confirm-sheet.tsx";
import { onDay } from "../../components/format.ts";
import { Page } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { words } from "../../words/index.ts";
import { AuditLog } from "./audit-log.tsx";
import { Invitations } from "./invitations.tsx";
import { useLeft } from "./left.ts";
import { Members } from "./members.tsx";
import { detailsOf } from "./queries.ts";
import { ScimTokens } from "./scim-tokens.tsx";
import { SingleSignOn } from "./single-sign-on.tsx";

export interface DetailsProps {
  id: string;
  /** Name of the part that is shown. */
  section: string;
  onSection: (section: string) => void;
  onClose: () => void;
}

function DeleteOrganization({
  organization,
  onClose,
  onDeleted,
}: {
  organization: Organization;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const left = useLeft(onDeleted);
  const remove = useMutation({
    mutationFn: async () => {
      await organizationsApi.DELETE("/v1/organizations/{org_id}", inside(organization.id));
    },
    onSuccess: () => left(words.organizations.removedToast(organization.name)),
  });
  return (
    <ConfirmSheet
      title={words.organizations.removeTitle(organization.name)}
      confirm={words.organizations.removeConfirm}
      action={remove}
      onClose={onClose}
    >
      <p>{words.organizations.removeText}</p>
    </ConfirmSheet>
  );
}

function Sections({
  found: { organization, members },
  section,
  onSection,
  onClose,
}: Omit<DetailsProps, "id"> & { found: Found }) {
  const canManage = organization.role !== "member";
  if (!canManage) return <Members organization={organization} members={members} onLeft={onClose} />;
  return (
    <Tabs.Root className="stack" value={section} onValueChange={onSection}>
      <Tabs.List className="tabs" aria-label={words.organizations.sections}>
        <Tabs.Trigger value="members">{words.members.title}</Tabs.Trigger>
        <Tabs.Trigger value="invitations">{words.invitations.title}</Tabs.Trigger>
        <Tabs.Trigger value="sso">{words.sso.title}</Tabs.Trigger>
        <Tabs.Trigger value="scim-tokens">{words.scimTokens.title}</Tabs.Trigger>
        <Tabs.Trigger value="audit-log">{words.auditLog.title}</Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="members" tabIndex={-1}>
        <Members organization={organization} members={members} onLeft={onClose} />
      </Tabs.Content>
      <Tabs.Content value="invitations" tabIndex={-1}>
        <Invitations organization={organization} />
      </Tabs.Content>
      <Tabs.Content value="sso" tabIndex={-1}>
        <SingleSignOn organization={organization} />
      </Tabs.Content>
      <Tabs.Content value="scim-tokens" tabIndex={-1}>
        <ScimTokens organization={organization} />
      </Tabs.Content>
      <Tabs.Content value="audit-log" tabIndex={-1}>
        <AuditLog organization={organization} />
      </Tabs.Content>
    </Tabs.Root>
  );
}

/** One organization: its members and, for those who manage it, how others join it, and the audit log. */
export function Details({ id, section, onSection, onClose }: DetailsProps) {
  const [isDeleting, setDeleting] = useState(false);
  const found = useQuery({
    queryKey: detailsOf(id),
    queryFn: async () => dataOf(await organizationsApi.GET("/v1/organizations/{org_id}", inside(id))),
  });
  const organization = found.data?.organization;
  const actions = (
    <>
      <button type="button" className="button" onClick={onClose}>
        <ChevronLeft size={17} aria-hidden /> {words.organizations.all}
      </button>
      {organization?.role === "owner" && (
        <button type="button" className="button danger" onClick={() => setDeleting(true)}>
          {words.organizations.remove}
        </button>
      )}
    </>
  );
  const about = organization && (
    <Coded>{words.organizations.since(organization.slug, onDay(organization.created_at))}</Coded>
  );
  return (
    <Page title={organization?.name ?? words.shell.pages.organizations} about={about} actions={actions}>
      <QueryView of={found} failed={words.organizations.notLoaded}>
        {(found) => <Sections found={found} section={section} onSection={onSection} onClose={onClose} />}
      </QueryView>
      {isDeleting && organization && (
        <DeleteOrganization
          organization={organization}
          onClose={() => setDeleting(false)}
          onDeleted={onClose}
        />
      )}
    </Page>
  );
}
