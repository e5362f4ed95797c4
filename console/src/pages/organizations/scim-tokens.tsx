import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { dataOf } from "../../api/console.ts";
import { inside, type Organization, organizationsApi, type ScimToken } from "../../api/organizations.ts";
import { ConfirmSheet } from "../../components/confirm-sheet.tsx";
import { CopyField } from "../../components/copy-field.tsx";
import { atTime, onDay } from "../../components/format.ts";
import { ErrorNotice } from "../../components/notice.tsx";
import { EmptyState } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { ShownOnceSheet } from "../../components/shown-once-sheet.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";
import { words } from "../../words/index.ts";
import { scimTokensOf } from "./queries.ts";

const TOKENS = "/v1/organizations/{org_id}/scim-tokens";

function Create({ organization, onClose }: { organization: Organization; onClose: () => void }) {
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: async (name: string) =>
      dataOf(await organizationsApi.POST(TOKENS, { ...inside(organization.id), body: { name } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: scimTokensOf(organization.id) }),
  });
  if (create.data)
    return (
      <ShownOnceSheet
        title={words.scimTokens.createdTitle}
        shownOnce={words.scimTokens.shownOnce}
        about={words.scimTokens.shownOnceText}
        onClose={onClose}
      >
        <CopyField text={create.data.token} label={words.scimTokens.token} />
        <p className="hint">{words.scimTokens.baseUrl}</p>
        <CopyField text={create.data.scim_base_url} label={words.scimTokens.baseUrl} />
      </ShownOnceSheet>
    );
  return (
    <Sheet title={words.scimTokens.createTitle} onClose={onClose}>
      {create.isError && <ErrorNotice error={create.error} />}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(String(new FormData(event.currentTarget).get("name") ?? ""));
        }}
      >
        <label className="field">
          <span>{words.scimTokens.name}</span>
          <input
            className="input"
            name="name"
            maxLength={100}
            placeholder={words.scimTokens.namePlaceholder}
            required
          />
        </label>
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={create.isPending}>
            {words.scimTokens.create}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function Revoke({
  organization,
  row,
  onClose,
}: {
  organization: Organization;
  row: ScimToken;
  onClose: () => void;
}) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: async () => {
      const path = { org_id: organization.id, token_id: row.id };
      await organizationsApi.DELETE(`${TOKENS}/{token_id}`, { params: { path } });
    },
    onSuccess: () => {
      showToast(words.scimTokens.revokedToast(row.name));
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: scimTokensOf(organization.id) }),
  });
  return (
    <ConfirmSheet
      title={words.scimTokens.revokeTitle(row.name)}
      confirm={words.scimTokens.revokeConfirm}
      action={revoke}
      onClose={onClose}
    >
      <p>{words.scimTokens.revokeText}</p>
    </ConfirmSheet>
  );
}

const columns = (onRevoke: ((row: ScimToken) => void) | null): readonly Column<ScimToken>[] => [
  { name: words.scimTokens.columns.name, cell: (row) => <strong>{row.name}</strong> },
  { name: words.scimTokens.columns.token, cell: (row) => <code>{row.prefix}…</code> },
  { name: words.scimTokens.columns.created, cell: (row) => onDay(row.created_at) },
  {
    name: words.scimTokens.columns.used,
    cell: (row) => (row.last_used_at ? atTime(row.last_used_at) : words.scimTokens.never),
  },
  {
    name: words.scimTokens.columns.actions,
    isNameUnseen: true,
    className: "action",
    cell: (row) =>
      onRevoke && (
        <button
          type="button"
          className="button quiet"
          aria-label={words.scimTokens.revokeNamed(row.name)}
          onClick={() => onRevoke(row)}
        >
          {words.scimTokens.revoke}
        </button>
      ),
  },
];

/** The tokens with which the directory of an organization provisions its members. */
export function ScimTokens({ organization }: { organization: Organization }) {
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ScimToken | null>(null);
  const isOwner = organization.role === "owner";
  const list = useQuery({
    queryKey: scimTokensOf(organization.id),
    queryFn: async () => dataOf(await organizationsApi.GET(TOKENS, inside(organization.id))),
  });
  return (
    <div className="stack">
      <div className="row apart">
        <p className="soft">{words.scimTokens.about}</p>
        {isOwner && (
          <button type="button" className="button primary" onClick={() => setCreating(true)}>
            <Plus size={17} aria-hidden /> {words.scimTokens.create}
          </button>
        )}
      </div>
      <QueryView of={list} failed={words.scimTokens.failed}>
        {({ scim_tokens }) => (
          <div className="card">
            {scim_tokens.length === 0 ? (
              <EmptyState icon={<KeyRound size={28} aria-hidden />} title={words.scimTokens.empty.title}>
                <p>{isOwner ? words.scimTokens.empty.text : words.scimTokens.emptyForAdmins}</p>
              </EmptyState>
            ) : (
              <Table
                label={words.scimTokens.title}
                rows={scim_tokens}
                keyOf={(row) => row.id}
                columns={columns(isOwner ? setRevoking : null)}
              />
            )}
          </div>
        )}
      </QueryView>
      {isCreating && <Create organization={organization} onClose={() => setCreating(false)} />}
      {revoking && <Revoke organization={organization} row={revoking} onClose={() => setRevoking(null)} />}
    </div>
  );
}
