import { useQuery } from "@tanstack/react-query";
import { Bot } from "lucide-react";
import { useSearchParams } from "react-router";
import { type AgentRow, listAgents } from "../../api/agents.ts";
import { Coded } from "../../components/coded.tsx";
import { atTime, since } from "../../components/format.ts";
import { EmptyState, Page } from "../../components/page.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { words } from "../../words/index.ts";
import { AgentSheet, statusOf } from "./agent-sheet.tsx";

const REFETCH_MS = 5000;
const { columns } = words.agents;

const COLUMNS: readonly Column<AgentRow>[] = [
  {
    name: columns.agent,
    cell: (agent) => (
      <button type="button" className="row-button cut">
        {agent.name ?? words.agents.unnamed}
      </button>
    ),
    className: "agent-name",
  },
  { name: columns.code, cell: (agent) => <code>{agent.code}</code> },
  { name: columns.status, cell: (agent) => <StatusBadge status={statusOf(agent)} /> },
  { name: columns.voice, cell: (agent) => agent.voice_id ?? words.common.none, className: "soft cut" },
  {
    name: columns.created,
    cell: (agent) => since(agent.created_at),
    title: (agent) => atTime(agent.created_at),
    className: "soft nobreak",
  },
];

/** The agents of the account. */
export function Agents() {
  const [params, setParams] = useSearchParams();
  const list = useQuery({
    queryKey: ["agents"],
    queryFn: ({ signal }) => listAgents(signal),
    refetchInterval: REFETCH_MS,
  });
  const open = params.get("agent");
  return (
    <Page title={words.shell.pages.agents} about={words.agents.about}>
      <QueryView of={list} failed={words.agents.failed}>
        {(rows) => (
          <div className="card">
            {rows.length === 0 ? (
              <EmptyState icon={<Bot size={28} aria-hidden />} title={words.agents.empty.title}>
                <p>
                  <Coded>{words.agents.empty.text}</Coded>
                </p>
              </EmptyState>
            ) : (
              <Table
                label={words.shell.pages.agents}
                rows={rows}
                keyOf={(agent) => agent.code}
                columns={COLUMNS}
                onOpen={(agent) => setParams({ agent: agent.code })}
              />
            )}
          </div>
        )}
      </QueryView>
      {open && <AgentSheet code={open} onClose={() => setParams({})} />}
    </Page>
  );
}
