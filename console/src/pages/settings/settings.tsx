import { useMutation, useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useRef, useState } from "react";
import { consoleApi, held, type SettingRow } from "../../api/console.ts";
import { Coded } from "../../parts/coded.tsx";
import { SearchField } from "../../parts/listing.tsx";
import { FailureNotice } from "../../parts/notice.tsx";
import { Nothing, Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { say } from "../../parts/toasts.tsx";
import { useSession } from "../../shell/session.tsx";
import { words as texts } from "../../words/index.ts";
import "./settings.css";

function written(value: unknown): string {
  if (value === null || value === undefined) return texts.settings.notSet;
  if (typeof value === "boolean") return value ? texts.settings.yes : texts.settings.no;
  if (Array.isArray(value)) return value.length ? value.join(", ") : texts.settings.emptyList;
  return String(value);
}

function Value({ row }: { row: SettingRow }) {
  if (row.is_secret)
    return <span className="faint">{row.is_set ? texts.settings.hidden : texts.settings.notSet}</span>;
  return (
    <>
      <span className={row.value === null ? "faint" : ""}>{written(row.value)}</span>
      {row.is_set && <small className="faint block">{texts.settings.default(written(row.default))}</small>}
    </>
  );
}

const COLUMNS: readonly Column<SettingRow>[] = [
  {
    name: texts.settings.setting,
    cell: (row) => (
      <>
        <code>{row.name}</code>
        <p className="hint">{row.description.replaceAll("`", "")}</p>
      </>
    ),
  },
  { name: texts.settings.value, cell: (row) => <Value row={row} />, className: "mono" },
];

function ServerSettings() {
  const [words, setWords] = useState("");
  const settings = useQuery({
    queryKey: ["settings"],
    queryFn: async () => held(await consoleApi.GET("/console/api/settings")),
  });
  const wanted = words.trim().toLowerCase();
  return (
    <section className="stack">
      <div className="row apart">
        <div>
          <h2>{texts.settings.server}</h2>
          <p className="hint">
            <Coded>{texts.settings.serverAbout}</Coded>
          </p>
        </div>
        <SearchField
          label={texts.settings.search}
          hint={texts.settings.search}
          words={words}
          onChange={setWords}
        />
      </div>
      <QueryView of={settings} failed={texts.settings.failed} rows={8}>
        {(data) => {
          const rows = data.settings.filter((row) =>
            `${row.name} ${row.description}`.toLowerCase().includes(wanted),
          );
          return (
            <div className="card settings">
              {rows.length === 0 ? (
                <Nothing icon={<Search size={28} aria-hidden />} title={texts.settings.noMatches} />
              ) : (
                <Table
                  label={texts.settings.table}
                  rows={rows}
                  keyOf={(row) => row.name}
                  columns={COLUMNS}
                  classOf={(row) => (row.is_set ? "chosen" : "")}
                />
              )}
            </div>
          );
        }}
      </QueryView>
    </section>
  );
}

function Password() {
  const form = useRef<HTMLFormElement>(null);
  const change = useMutation({
    mutationFn: async (entries: FormData) => {
      const body = { current: String(entries.get("current")), new: String(entries.get("new")) };
      await consoleApi.POST("/console/api/password", { body });
    },
    onSuccess: () => {
      form.current?.reset();
      say(texts.settings.passwordUpdated);
    },
  });
  return (
    <form
      ref={form}
      className="card padded stack password"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate(new FormData(event.currentTarget));
      }}
    >
      <h3>{texts.settings.changePassword}</h3>
      {change.isError && <FailureNotice error={change.error} />}
      <label className="field">
        <span>{texts.settings.currentPassword}</span>
        <input className="input" name="current" type="password" autoComplete="current-password" required />
      </label>
      <label className="field">
        <span>{texts.settings.newPassword}</span>
        <input
          className="input"
          name="new"
          type="password"
          autoComplete="new-password"
          minLength={10}
          required
        />
        <small className="hint">{texts.settings.passwordHint}</small>
      </label>
      <div>
        <button type="submit" className="button" disabled={change.isPending}>
          {texts.settings.updatePassword}
        </button>
      </div>
    </form>
  );
}

/** One's own account, and the settings of the server. */
export function Settings() {
  const session = useSession();
  return (
    <Page title={texts.shell.pages.settings} about={texts.settings.version(session.version)}>
      <div className="stack wide-gaps">
        {session.user?.is_operator && <ServerSettings />}
        <section className="stack">
          <div>
            <h2>{texts.settings.account}</h2>
            <p className="hint">
              {session.user
                ? texts.settings.signedInAs(session.user.email)
                : texts.settings.signedInWithKey(session.key?.name ?? "")}
            </p>
          </div>
          {session.user && <Password />}
        </section>
      </div>
    </Page>
  );
}
