import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FileUp, Link2 } from "lucide-react";
import { useRef } from "react";
import { type AgentDocument, addDocument, deleteDocument, listDocuments } from "../../api/agents.ts";
import { ConfirmSheet } from "../../components/confirm-sheet.tsx";
import { FileInput } from "../../components/file-input.tsx";
import { count, onDay } from "../../components/format.ts";
import { ErrorNotice } from "../../components/notice.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";
import { words } from "../../words/index.ts";

const FILES = ".pdf,.html,.htm,.md,.markdown,.txt,application/pdf,text/html,text/markdown,text/plain";
const keyOf = (code: string) => ["agent-documents", code];
const texts = words.agents;

const columns = (onDelete: (row: AgentDocument) => void): readonly Column<AgentDocument>[] => [
  { name: texts.document, cell: (row) => <strong>{row.name}</strong>, className: "identifier" },
  { name: texts.kind, cell: (row) => texts.kinds[row.kind], className: "soft" },
  {
    name: texts.length,
    cell: (row) => texts.characters(row.chars, count(row.chars)),
    isNumber: true,
  },
  { name: texts.passages, cell: (row) => count(row.passages), isNumber: true },
  { name: texts.added, cell: (row) => onDay(row.created_at), className: "soft nobreak" },
  {
    name: texts.actions,
    isNameUnseen: true,
    cell: (row) => (
      <button
        type="button"
        className="button quiet"
        aria-label={texts.removeNamed(row.name)}
        onClick={() => onDelete(row)}
      >
        {texts.remove}
      </button>
    ),
    className: "action",
  },
];

/** A file, or the address of a document, for an agent to know. */
function AddDocument({ code }: { code: string }) {
  const queries = useQueryClient();
  const chooser = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const add = useMutation({
    mutationFn: (from: File | string) => addDocument(code, from),
    onSuccess: ({ name }) => {
      form.current?.reset();
      showToast(texts.addedToast(name));
      void queries.invalidateQueries({ queryKey: keyOf(code) });
    },
  });
  return (
    <>
      <div className="row">
        <button
          type="button"
          className="button"
          disabled={add.isPending}
          onClick={() => chooser.current?.click()}
        >
          <FileUp size={16} aria-hidden /> {texts.addFile}
        </button>
        <span className="hint" role="status">
          {add.isPending ? texts.adding : texts.fileHint}
        </span>
        <FileInput ref={chooser} accept={FILES} label={texts.file} onChoose={(file) => add.mutate(file)} />
      </div>
      {/* Above the form, which is the end of a dialog that scrolls: below it, nobody would see it. */}
      {add.isError && <ErrorNotice error={add.error} title={texts.notAdded} />}
      <form
        ref={form}
        className="add-address"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(String(new FormData(event.currentTarget).get("url") ?? "").trim());
        }}
      >
        <label className="grow">
          <span className="visually-hidden">{texts.url}</span>
          <input className="input" name="url" type="url" required placeholder={texts.urlPlaceholder} />
        </label>
        <button type="submit" className="button" disabled={add.isPending}>
          <Link2 size={16} aria-hidden /> {texts.addUrl}
        </button>
      </form>
    </>
  );
}

/** The documents that an agent knows. */
export function Documents({ code, onDelete }: { code: string; onDelete: (row: AgentDocument) => void }) {
  const list = useQuery({ queryKey: keyOf(code), queryFn: ({ signal }) => listDocuments(code, signal) });
  return (
    <section className="stack documents" aria-label={texts.documents}>
      <div>
        <h3>{texts.documents}</h3>
        <p className="soft">{texts.documentsAbout}</p>
      </div>
      <QueryView of={list} failed={texts.documentsFailed} rows={2}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="soft">{texts.noDocuments}</p>
          ) : (
            <Table
              label={texts.documents}
              rows={rows}
              keyOf={(row) => row.document_id}
              columns={columns(onDelete)}
            />
          )
        }
      </QueryView>
      <AddDocument code={code} />
    </section>
  );
}

/** Asks before an agent forgets a document. */
export function DeleteDocument({
  code,
  row,
  onClose,
}: {
  code: string;
  row: AgentDocument;
  onClose: () => void;
}) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteDocument(code, row.document_id),
    onSuccess: () => {
      showToast(texts.removedToast(row.name));
      void queries.invalidateQueries({ queryKey: keyOf(code) });
      onClose();
    },
  });
  return (
    <ConfirmSheet
      title={texts.removeTitle(row.name)}
      confirm={texts.removeConfirm}
      action={remove}
      onClose={onClose}
    >
      <p>{texts.removeText}</p>
    </ConfirmSheet>
  );
}
