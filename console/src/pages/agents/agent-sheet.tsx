import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type AgentDocument, type AgentRow, getAgent } from "../../api/agents.ts";
import { Facts } from "../../components/facts.tsx";
import { atTime } from "../../components/format.ts";
import { Notice } from "../../components/notice.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { sentence, words } from "../../words/index.ts";
import { DeleteDocument, Documents } from "./documents.tsx";
import "./agents.css";

const REFETCH_MS = 2000;
const { columns } = words.agents;

/** The status of an agent as the console names it: the API calls processing what waits for a worker. */
export const statusOf = ({ status }: AgentRow): string =>
  status === "processing" ? "pending" : status === "completed" ? "generating" : status;

function Details({ agent }: { agent: AgentRow }) {
  const facts: (readonly [string, string])[] = [
    [columns.code, agent.code],
    [columns.voice, agent.voice_id ?? words.common.none],
    [columns.created, atTime(agent.created_at)],
    [words.agents.prompt, agent.system_prompt],
  ];
  return (
    <div className="agent-details">
      {agent.image_url && <img src={agent.image_url} alt="" />}
      <Facts of={facts} />
    </div>
  );
}

/** One agent: what it is, and the documents that it knows. */
export function AgentSheet({ code, onClose }: { code: string; onClose: () => void }) {
  const [deleting, setDeleting] = useState<AgentDocument | null>(null);
  const query = useQuery({
    queryKey: ["agent", code],
    queryFn: ({ signal }) => getAgent(code, signal),
    refetchInterval: ({ state }) =>
      state.data && ["ready", "failed"].includes(state.data.status) ? false : REFETCH_MS,
  });
  if (deleting) return <DeleteDocument code={code} row={deleting} onClose={() => setDeleting(null)} />;
  return (
    <Sheet title={query.data?.name ?? words.agents.unnamed} onClose={onClose} wide>
      <QueryView of={query} failed={words.agents.notLoaded}>
        {(agent) => (
          <>
            <div className="row">
              <StatusBadge status={statusOf(agent)} />
            </div>
            {agent.error_message && <Notice>{sentence(agent.error_message)}</Notice>}
            <Details agent={agent} />
            <Documents code={code} onDelete={setDeleting} />
          </>
        )}
      </QueryView>
    </Sheet>
  );
}
