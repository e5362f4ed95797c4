import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { consoleApi, dataOf, type KeyRow, type NewKey } from "../../api/console.ts";
import { messageOf } from "../../api/error.ts";
import { Coded } from "../../components/coded.tsx";
import { ConfirmSheet } from "../../components/confirm-sheet.tsx";
import { CopyField } from "../../components/copy-field.tsx";
import { count, dollars, onDay, seconds } from "../../components/format.ts";
import { ErrorNotice, Notice } from "../../components/notice.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { ShownOnceSheet } from "../../components/shown-once-sheet.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";
import { useSession } from "../../shell/session.tsx";
import { words } from "../../words/index.ts";

const KEYS = ["keys"] as const;

function CreateKey({ defaultRate, onClose }: { defaultRate: number; onClose: () => void }) {
  const queries = useQueryClient();
  const [made, setMade] = useState<NewKey | null>(null);
  const make = useMutation({
    mutationFn: async (form: FormData) => {
      const number = (name: string) => {
        const value = String(form.get(name) ?? "").trim();
        return value === "" ? null : Number(value);
      };
      const body = {
        name: String(form.get("name") ?? ""),
        requests_per_minute: number("rate"),
        monthly_cap: number("cap"),
        allows_conversation: form.get("conversation") !== null,
      };
      return dataOf(await consoleApi.POST("/console/api/keys", { body }));
    },
    onSuccess: (key) => {
      setMade(key);
      void queries.invalidateQueries({ queryKey: KEYS });
    },
  });
  if (made)
    return (
      <ShownOnceSheet
        title={words.keys.createdTitle}
        shownOnce={words.keys.shownOnce}
        about={words.keys.shownOnceText}
        onClose={onClose}
      >
        <div className="field">
          <span>{words.keys.apiKey}</span>
          <CopyField text={made.key} label={words.keys.apiKey} />
        </div>
        <div className="field">
          <span>{words.keys.webhookSecret}</span>
          <CopyField text={made.webhook_secret} label={words.keys.webhookSecret} />
        </div>
      </ShownOnceSheet>
    );
  return (
    <Sheet title={words.keys.createTitle} onClose={onClose}>
      {make.isError && <ErrorNotice error={make.error} />}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate(new FormData(event.currentTarget));
        }}
      >
        <label className="field">
          <span>{words.keys.name}</span>
          <input
            className="input"
            name="name"
            required
            maxLength={100}
            placeholder={words.keys.namePlaceholder}
          />
          <small className="hint">{words.keys.nameHint}</small>
        </label>
        <div className="pair">
          <label className="field">
            <span>{words.keys.perMinute}</span>
            <input className="input" name="rate" type="number" min={1} placeholder={String(defaultRate)} />
          </label>
          <label className="field">
            <span>{words.keys.perMonth}</span>
            <input className="input" name="cap" type="number" min={0} placeholder={words.keys.noLimit} />
          </label>
        </div>
        <label className="check">
          <input type="checkbox" name="conversation" defaultChecked />
          <span>{words.keys.allowsConversation}</span>
        </label>
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={make.isPending}>
            {words.keys.create}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function RevokeKey({ row, onClose }: { row: KeyRow; onClose: () => void }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: async () => {
      await consoleApi.DELETE("/console/api/keys/{key_id}", { params: { path: { key_id: row.id } } });
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: KEYS });
      showToast(words.keys.revokedToast(row.name));
      onClose();
    },
  });
  return (
    <ConfirmSheet
      title={words.keys.revokeTitle(row.name)}
      confirm={words.keys.revokeConfirm}
      action={revoke}
      onClose={onClose}
    >
      <p>
        <Coded>{words.keys.revokeText(row.prefix)}</Coded>
      </p>
    </ConfirmSheet>
  );
}

/** Whether a key may open conversations; a change counts at once. */
function ConversationSwitch({ row }: { row: KeyRow }) {
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: async (allows: boolean) => {
      const params = { path: { key_id: row.id } };
      await consoleApi.PATCH("/console/api/keys/{key_id}", { params, body: { allows_conversation: allows } });
    },
    onError: (error) => showToast(messageOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: KEYS }),
  });
  return (
    <input
      type="checkbox"
      aria-label={words.keys.conversationOf(row.name)}
      checked={change.isPending ? change.variables : row.allows_conversation}
      disabled={change.isPending || row.revoked_at !== null}
      onChange={(event) => change.mutate(event.target.checked)}
    />
  );
}

const columns = (
  defaultRate: number,
  canChange: boolean,
  isBilled: boolean,
  onRevoke: (row: KeyRow) => void,
): readonly Column<KeyRow>[] => [
  {
    name: words.keys.columns.name,
    cell: (row) => (
      <>
        <strong>{row.name}</strong>
        {row.is_console && <small className="faint block">{words.keys.consoleKey}</small>}
        <small className="faint block">
          <Coded>{words.keys.created(row.prefix, onDay(row.created_at))}</Coded>
        </small>
      </>
    ),
    className: "key-name",
  },
  {
    name: words.keys.columns.owner,
    cell: (row) => row.owner ?? words.keys.serviceKey,
    className: "soft cut",
  },
  {
    name: words.keys.columns.perMinute,
    cell: (row) => count(row.requests_per_minute ?? defaultRate),
    isNumber: true,
    isExtra: true,
  },
  {
    name: words.keys.columns.thisMonth,
    cell: (row) => (
      <>
        {count(row.requests_this_month)}
        {row.monthly_cap !== null && (
          <span className="faint">{words.keys.ofCap(count(row.monthly_cap))}</span>
        )}
      </>
    ),
    isNumber: true,
  },
  {
    name: words.keys.columns.conversations,
    cell: (row) =>
      canChange ? (
        <ConversationSwitch row={row} />
      ) : row.allows_conversation ? (
        words.keys.allowed
      ) : (
        words.keys.notAllowed
      ),
  },
  { name: words.keys.columns.duration, cell: (row) => seconds(row.seconds_this_month), isNumber: true },
  ...(isBilled
    ? [
        {
          name: words.keys.columns.cost,
          cell: (row: KeyRow) => dollars(row.cost_usd_this_month),
          isNumber: true,
        },
      ]
    : []),
  {
    name: words.keys.columns.actions,
    isNameUnseen: true,
    cell: (row) =>
      row.revoked_at ? (
        <StatusBadge status="revoked" />
      ) : (
        <button
          type="button"
          className="button quiet"
          aria-label={words.keys.revokeNamed(row.name)}
          onClick={() => onRevoke(row)}
        >
          {words.keys.revoke}
        </button>
      ),
    className: "action",
  },
];

/** The list of API keys. */
export function Keys() {
  const { is_billed: isBilled } = useSession();
  const [isMaking, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<KeyRow | null>(null);
  const list = useQuery({
    queryKey: KEYS,
    queryFn: async () => dataOf(await consoleApi.GET("/console/api/keys")),
  });
  const actions = list.data?.may_create && (
    <button type="button" className="button primary" onClick={() => setMaking(true)}>
      <Plus size={17} aria-hidden /> {words.keys.create}
    </button>
  );
  return (
    <Page title={words.shell.pages.keys} about={words.keys.about} actions={actions}>
      <QueryView of={list} failed={words.keys.failed}>
        {({ keys, may_create: canCreate, default_requests_per_minute: defaultRate }) => (
          <div className="stack">
            {!canCreate && (
              <Notice kind="info" title={words.keys.signedInWithKey}>
                {words.keys.signedInWithKeyText}
              </Notice>
            )}
            <div className="card">
              {keys.length === 0 ? (
                <EmptyState icon={<KeyRound size={28} aria-hidden />} title={words.keys.empty.title}>
                  <p>{words.keys.empty.text}</p>
                </EmptyState>
              ) : (
                <Table
                  label={words.shell.pages.keys}
                  rows={keys}
                  keyOf={(row) => row.id}
                  columns={columns(defaultRate, canCreate, isBilled, setRevoking)}
                  classOf={(row) => (row.revoked_at ? "past" : "")}
                />
              )}
            </div>
          </div>
        )}
      </QueryView>
      {isMaking && (
        <CreateKey
          defaultRate={list.data?.default_requests_per_minute ?? 0}
          onClose={() => setMaking(false)}
        />
      )}
      {revoking && <RevokeKey row={revoking} onClose={() => setRevoking(null)} />}
    </Page>
  );
}
