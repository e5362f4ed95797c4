import { useMutation, useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useRef, useState } from "react";
import { consoleApi, dataOf, type SettingRow } from "../../api/console.ts";
import { Coded } from "../../components/coded.tsx";
import { binaryBytes, duration } from "../../components/format.ts";
import { SearchField } from "../../components/listing.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";
import { useSession } from "../../shell/session.tsx";
import { wordFor, words } from "../../words/index.ts";
import { LanguageChoice } from "./language.tsx";
import "./settings.css";

/** A value as people read it: sizes and times in a unit. */
function format(value: unknown, name: string): string {
  if (typeof value === "number" && name.endsWith("_BYTES")) return binaryBytes(value);
  if (typeof value === "number" && name.endsWith("_S") && value > 0) return duration(value);
  if (value === null || value === undefined) return words.settings.notSet;
  if (typeof value === "boolean") return value ? words.settings.yes : words.settings.no;
  if (Array.isArray(value)) return value.length ? value.join(", ") : words.settings.emptyList;
  return String(value);
}

function Value({ row }: { row: SettingRow }) {
  if (row.is_secret)
    return <span className="faint">{row.is_set ? words.settings.hidden : words.settings.notSet}</span>;
  return (
    <>
      <span className={row.value === null ? "faint" : ""}>{format(row.value, row.name)}</span>
      {row.is_set && (
        <small className="faint block">{words.settings.default(format(row.default, row.name))}</small>
      )}
    </>
  );
}

const COLUMNS: readonly Column<SettingRow>[] = [
  {
    name: words.settings.setting,
    cell: (row) => (
      <>
        <code>{row.name}</code>
        <p className="hint" lang="en">
          {row.description.replaceAll("`", "")}
        </p>
      </>
    ),
  },
  { name: words.settings.value, cell: (row) => <Value row={row} />, className: "mono" },
];

const nameOf = (group: string) => wordFor(words.settings.groups, group);

function ServerSettings() {
  const [search, setSearch] = useState("");
  const settings = useQuery({
    queryKey: ["settings"],
    queryFn: async () => dataOf(await consoleApi.GET("/console/api/settings")),
  });
  const wanted = search.trim().toLowerCase();
  return (
    <section className="stack">
      <div className="row apart">
        <div>
          <h2>{words.settings.server}</h2>
          <p className="hint">
            <Coded>{words.settings.serverAbout}</Coded>
          </p>
        </div>
        <SearchField
          label={words.settings.search}
          placeholder={words.settings.search}
          value={search}
          onChange={setSearch}
        />
      </div>
      <QueryView of={settings} failed={words.settings.failed} rows={8}>
        {(data) => {
          const rows = data.settings.filter((row) =>
            `${row.name} ${row.description} ${nameOf(row.group)}`.toLowerCase().includes(wanted),
          );
          if (rows.length === 0)
            return (
              <div className="card">
                <EmptyState icon={<Search size={28} aria-hidden />} title={words.settings.noMatches} />
              </div>
            );
          const groups = [...new Set(rows.map((row) => row.group))];
          return groups.map((group) => (
            <section key={group} className="stack">
              <h3>{nameOf(group)}</h3>
              <div className="card settings">
                <Table
                  label={nameOf(group)}
                  rows={rows.filter((row) => row.group === group)}
                  keyOf={(row) => row.name}
                  columns={COLUMNS}
                  classOf={(row) => (row.is_set ? "chosen" : "")}
                />
              </div>
            </section>
          ));
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
      showToast(words.settings.passwordUpdated);
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
      <h3>{words.settings.changePassword}</h3>
      {change.isError && <ErrorNotice error={change.error} />}
      <label className="field">
        <span>{words.settings.currentPassword}</span>
        <input className="input" name="current" type="password" autoComplete="current-password" required />
      </label>
      <label className="field">
        <span>{words.settings.newPassword}</span>
        <input
          className="input"
          name="new"
          type="password"
          autoComplete="new-password"
          minLength={10}
          required
        />
        <small className="hint">{words.settings.passwordHint}</small>
      </label>
      <div>
        <button type="submit" className="button" disabled={change.isPending}>
          {words.settings.updatePassword}
        </button>
      </div>
    </form>
  );
}

/** The settings of the server, and the user's account. */
export function Settings() {
  const session = useSession();
  return (
    <Page title={words.shell.pages.settings} about={words.settings.version(session.version)}>
      <div className="stack wide-gaps">
        <section className="stack">
          <div>
            <h2>{words.settings.account}</h2>
            <p className="hint">
              {session.user
                ? words.settings.signedInAs(session.user.email)
                : words.settings.signedInWithKey(session.key?.name ?? "")}
            </p>
          </div>
          {session.user && <Password />}
          <LanguageChoice />
        </section>
        {session.user?.is_operator && <ServerSettings />}
      </div>
    </Page>
  );
}
