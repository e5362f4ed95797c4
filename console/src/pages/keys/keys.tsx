import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { consoleApi, held, type KeyRow, type NewKey } from "../../api/console.ts";
import { Copyable } from "../../parts/copy.tsx";
import { count, dollars, onDay, seconds } from "../../parts/format.ts";
import { FailureNotice, Notice } from "../../parts/notice.tsx";
import { Nothing, Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Sheet } from "../../parts/sheet.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { say } from "../../parts/toasts.tsx";

const KEYS = ["keys"] as const;

function MakeKey({ usualRate, onClose }: { usualRate: number; onClose: () => void }) {
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
      };
      return held(await consoleApi.POST("/console/api/keys", { body }));
    },
    onSuccess: (key) => {
      setMade(key);
      void queries.invalidateQueries({ queryKey: KEYS });
    },
  });
  if (made)
    return (
      <Sheet title="Your new key" onClose={onClose}>
        <Notice kind="wait" title="Shown this once">
          Only a digest of it is kept. Copy it now, to where your program reads it.
        </Notice>
        <div className="field">
          <span>API key</span>
          <Copyable text={made.key} label="the key" />
        </div>
        <div className="field">
          <span>Signs its notifications</span>
          <Copyable text={made.webhook_secret} label="the webhook secret" />
        </div>
        <div className="deeds">
          <button type="button" className="button primary" onClick={onClose}>
            Done
          </button>
        </div>
      </Sheet>
    );
  return (
    <Sheet title="Make a key" onClose={onClose}>
      {make.isError && <FailureNotice error={make.error} />}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate(new FormData(event.currentTarget));
        }}
      >
        <label className="field">
          <span>Name</span>
          <input className="input" name="name" required maxLength={100} placeholder="Web shop, staging" />
          <small className="hint">So that you can tell it from others.</small>
        </label>
        <div className="pair">
          <label className="field">
            <span>Requests a minute</span>
            <input className="input" name="rate" type="number" min={1} placeholder={String(usualRate)} />
          </label>
          <label className="field">
            <span>Requests a month</span>
            <input className="input" name="cap" type="number" min={0} placeholder="No limit" />
          </label>
        </div>
        <div className="deeds">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={make.isPending}>
            Make the key
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
      say(`“${row.name}” is refused from now on.`);
      onClose();
    },
  });
  return (
    <Sheet title={`Revoke “${row.name}”?`} onClose={onClose}>
      <p>
        Requests with <code>{row.prefix}…</code> are refused from now on. Jobs that it sent are still
        finished. This cannot be undone.
      </p>
      {revoke.isError && <FailureNotice error={revoke.error} />}
      <div className="deeds">
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
        <button
          type="button"
          className="button danger"
          disabled={revoke.isPending}
          onClick={() => revoke.mutate()}
        >
          Revoke the key
        </button>
      </div>
    </Sheet>
  );
}

const columns = (usualRate: number, onRevoke: (row: KeyRow) => void): readonly Column<KeyRow>[] => [
  {
    name: "Name",
    cell: (row) => (
      <>
        <strong>{row.name}</strong>
        {row.is_console && <small className="faint block">What is made in this console</small>}
        <small className="faint block">
          <code>{row.prefix}…</code> since {onDay(row.created_at)}
        </small>
      </>
    ),
  },
  { name: "Owner", cell: (row) => row.owner ?? "Service key", className: "soft cut" },
  { name: "A minute", cell: (row) => row.requests_per_minute ?? usualRate, isNumber: true },
  {
    name: "This month",
    cell: (row) => (
      <>
        {count(row.requests_this_month)}
        {row.monthly_cap !== null && <span className="faint"> of {count(row.monthly_cap)}</span>}
      </>
    ),
    isNumber: true,
  },
  { name: "Made", cell: (row) => seconds(row.seconds_this_month), isNumber: true },
  { name: "Cost", cell: (row) => dollars(row.cost_usd_this_month), isNumber: true },
  {
    name: "Revoke",
    isNameUnseen: true,
    cell: (row) =>
      row.revoked_at ? (
        <span className="state bad">revoked</span>
      ) : (
        <button
          type="button"
          className="button quiet"
          aria-label={`Revoke ${row.name}`}
          onClick={() => onRevoke(row)}
        >
          Revoke
        </button>
      ),
    className: "deed",
  },
];

/** Keys: what programs sign in with. */
export function Keys() {
  const [isMaking, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<KeyRow | null>(null);
  const list = useQuery({
    queryKey: KEYS,
    queryFn: async () => held(await consoleApi.GET("/console/api/keys")),
  });
  const deeds = list.data?.may_create && (
    <button type="button" className="button primary" onClick={() => setMaking(true)}>
      <Plus size={17} aria-hidden /> Make a key
    </button>
  );
  return (
    <Page
      title="Keys"
      about="What programs call the API with. Each has its own rate, bill and webhook secret."
      deeds={deeds}
    >
      <QueryView of={list} failed="Keys cannot be listed">
        {({ keys, may_create: mayCreate, default_requests_per_minute: usualRate }) => (
          <div className="stack">
            {!mayCreate && (
              <Notice kind="calm" title="You are signed in with a key">
                Sign in with an e-mail address and a password to make others.
              </Notice>
            )}
            <div className="card">
              {keys.length === 0 ? (
                <Nothing icon={<KeyRound size={28} aria-hidden />} title="No keys yet">
                  <p>Make one for each program that is to use this server.</p>
                </Nothing>
              ) : (
                <Table
                  label="Keys"
                  rows={keys}
                  keyOf={(row) => row.id}
                  columns={columns(usualRate, setRevoking)}
                  classOf={(row) => (row.revoked_at ? "past" : "")}
                />
              )}
            </div>
          </div>
        )}
      </QueryView>
      {isMaking && (
        <MakeKey usualRate={list.data?.default_requests_per_minute ?? 0} onClose={() => setMaking(false)} />
      )}
      {revoking && <RevokeKey row={revoking} onClose={() => setRevoking(null)} />}
    </Page>
  );
}
