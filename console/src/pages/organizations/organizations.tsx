import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Building2, Plus } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { dataOf } from "../../api/console.ts";
import { type Organization, organizationsApi } from "../../api/organizations.ts";
import { onDay } from "../../components/format.ts";
import { ErrorNotice, Notice } from "../../components/notice.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";
import { useSession } from "../../shell/session.tsx";
import { wordFor, words } from "../../words/index.ts";
import { Details } from "./details.tsx";
import { LIST } from "./queries.ts";

function CreateOrganization({ onClose }: { onClose: (created?: Organization) => void }) {
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: async (name: string) =>
      dataOf(await organizationsApi.POST("/v1/organizations", { body: { name } })).organization,
    onSuccess: (created) => {
      void queries.invalidateQueries({ queryKey: LIST });
      void queries.invalidateQueries({ queryKey: ["accounts"] });
      showToast(words.organizations.createdToast(created.name));
      onClose(created);
    },
  });
  return (
    <Sheet title={words.organizations.createTitle} onClose={() => onClose()}>
      {create.isError && <ErrorNotice error={create.error} />}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(String(new FormData(event.currentTarget).get("name") ?? ""));
        }}
      >
        <label className="field">
          <span>{words.organizations.name}</span>
          <input
            className="input"
            name="name"
            required
            minLength={2}
            maxLength={100}
            placeholder={words.organizations.namePlaceholder}
          />
          <small className="hint">{words.organizations.nameHint}</small>
        </label>
        <div className="actions">
          <button type="button" className="button" onClick={() => onClose()}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={create.isPending}>
            {words.organizations.create}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

const columns = (onOpen: (row: Organization) => void): readonly Column<Organization>[] => [
  { name: words.organizations.columns.name, cell: (row) => <strong>{row.name}</strong> },
  { name: words.organizations.columns.slug, cell: (row) => <code>{row.slug}</code> },
  {
    name: words.organizations.columns.role,
    cell: (row) => wordFor(words.organizations.roles, row.role),
  },
  { name: words.organizations.columns.created, cell: (row) => onDay(row.created_at) },
  {
    name: words.organizations.columns.actions,
    isNameUnseen: true,
    cell: (row) => (
      <button
        type="button"
        className="button quiet"
        aria-label={words.organizations.manageNamed(row.name)}
        onClick={() => onOpen(row)}
      >
        {words.organizations.manage}
      </button>
    ),
    className: "action",
  },
];

function OrganizationList({ onOpen }: { onOpen: (id: string) => void }) {
  const session = useSession();
  const [isCreating, setCreating] = useState(false);
  const list = useQuery({
    queryKey: LIST,
    queryFn: async () => dataOf(await organizationsApi.GET("/v1/organizations")).organizations,
    enabled: session.user != null,
  });
  // Created from the user's own account alone.
  const actions = session.user && !session.organization && (
    <button type="button" className="button primary" onClick={() => setCreating(true)}>
      <Plus size={17} aria-hidden /> {words.organizations.create}
    </button>
  );
  return (
    <Page title={words.shell.pages.organizations} about={words.organizations.about} actions={actions}>
      {session.user ? (
        <QueryView of={list} failed={words.organizations.failed}>
          {(rows) => (
            <div className="card">
              {rows.length === 0 ? (
                <EmptyState
                  icon={<Building2 size={28} aria-hidden />}
                  title={words.organizations.empty.title}
                >
                  <p>{words.organizations.empty.text}</p>
                </EmptyState>
              ) : (
                <Table
                  label={words.shell.pages.organizations}
                  rows={rows}
                  keyOf={(row) => row.id}
                  columns={columns((row) => onOpen(row.id))}
                />
              )}
            </div>
          )}
        </QueryView>
      ) : (
        <Notice kind="info" title={words.organizations.signedInWithKey}>
          {words.organizations.signedInWithKeyText}
        </Notice>
      )}
      {isCreating && (
        <CreateOrganization
          onClose={(created) => {
            setCreating(false);
            if (created) onOpen(created.id);
          }}
        />
      )}
    </Page>
  );
}

const FIRST_SECTION = "members";

/** The organizations of the user; with `?id=`, one of them, and with `section=` a part of it. */
export function Organizations() {
  const [search, setSearch] = useSearchParams();
  const id = search.get("id");
  return id ? (
    <Details
      key={id}
      id={id}
      section={search.get("section") ?? FIRST_SECTION}
      onSection={(section) => setSearch({ id, section }, { replace: true })}
      onClose={() => setSearch({})}
    />
  ) : (
    <OrganizationList onOpen={(id) => setSearch({ id })} />
  );
}
