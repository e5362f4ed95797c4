import { Wallet } from "lucide-react";
import { useSearchParams } from "react-router";
import { consoleApi, dataOf, type PaymentRow } from "../../api/console.ts";
import { Coded } from "../../components/coded.tsx";
import { atTime, count, dollars, since } from "../../components/format.ts";
import { Listing, useListing } from "../../components/listing.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { wordFor, words } from "../../words/index.ts";
import { SessionSheet } from "../sessions/session-sheet.tsx";
import { networkName, transactionUrl } from "./explorers.ts";
import { PaymentSheet, statusOf } from "./payment-sheet.tsx";

const REFETCH_MS = 3000;
const END_CHARS = 6;
const { columns, filters } = words.payments;
const { paid, not_paid, reserved, settling } = words.common.statuses;
const FILTERS = {
  status: {
    label: filters.status,
    all: filters.allStatuses,
    names: { paid, not_paid, reserved, pending: settling },
  },
};

/** Both ends of a long address: people compare these. */
const shortened = (address: string): string => `${address.slice(0, END_CHARS)}…${address.slice(-END_CHARS)}`;

function Transaction({ payment }: { payment: PaymentRow }) {
  const { network, transaction } = payment;
  if (!transaction) return words.common.none;
  const url = transactionUrl(network, transaction);
  if (!url) return <span className="mono">{shortened(transaction)}</span>;
  return (
    <a
      className="mono"
      href={url}
      target="_blank"
      rel="noreferrer"
      onClick={(event) => event.stopPropagation()} // the row opens the payment
      aria-label={words.payments.openTransaction(shortened(transaction))}
    >
      {shortened(transaction)}
    </a>
  );
}

function columnsOf(open: (session: string) => void): readonly Column<PaymentRow>[] {
  return [
    {
      name: columns.wallet,
      cell: ({ wallet }) => (
        <button type="button" className="row-button" aria-label={words.payments.open(shortened(wallet))}>
          {shortened(wallet)}
        </button>
      ),
      title: ({ wallet }) => wallet,
    },
    {
      name: columns.status,
      cell: (payment) => <StatusBadge status={statusOf(payment)} />,
    },
    { name: columns.amount, cell: (payment) => dollars(payment.amount_usd), isNumber: true },
    { name: columns.minutes, cell: ({ minutes }) => count(minutes), isNumber: true, isExtra: true },
    {
      name: columns.purpose,
      cell: ({ purpose }) => wordFor(words.payments.purposes, purpose),
      className: "soft",
    },
    {
      name: columns.network,
      cell: ({ network }) => networkName(network),
      title: ({ network }) => network,
      isExtra: true,
      className: "soft nobreak",
    },
    {
      name: columns.transaction,
      cell: (payment) => <Transaction payment={payment} />,
      title: ({ transaction }) => transaction ?? "",
    },
    {
      name: columns.session,
      cell: ({ session_id: session }) =>
        session ? (
          <button
            type="button"
            className="row-button mono"
            aria-label={words.payments.openSession(shortened(session))}
            onClick={(event) => {
              event.stopPropagation();
              open(session);
            }}
          >
            {shortened(session)}
          </button>
        ) : (
          words.common.none
        ),
      title: ({ session_id: session }) => session ?? "",
    },
    {
      name: columns.created,
      cell: (payment) => since(payment.created_at),
      title: (payment) => atTime(payment.created_at),
      className: "soft nobreak",
    },
  ];
}

/** The list of payments of all wallets. */
export function Payments() {
  const [params, setParams] = useSearchParams();
  const listing = useListing({
    name: "payments",
    filters: FILTERS,
    refetchMs: REFETCH_MS,
    find: async (query, signal) => {
      const found = dataOf(await consoleApi.GET("/console/api/payments", { params: { query }, signal }));
      return { rows: found.payments, count: found.count };
    },
  });
  const sessionId = params.get("session");
  const payment = listing.rows.find(({ id }) => String(id) === params.get("payment"));
  const close = () => setParams({});
  return (
    <Page title={words.shell.pages.payments} about={words.payments.about}>
      <Listing
        of={listing}
        placeholder={words.payments.search}
        failed={words.payments.failed}
        noMatches={words.payments.noMatches}
        empty={
          <EmptyState icon={<Wallet size={28} aria-hidden />} title={words.payments.empty.title}>
            <p>
              <Coded>{words.payments.empty.text}</Coded>
            </p>
          </EmptyState>
        }
      >
        <Table
          label={words.shell.pages.payments}
          rows={listing.rows}
          keyOf={(payment) => payment.id}
          columns={columnsOf((session) => setParams({ session }))}
          onOpen={({ id }) => setParams({ payment: String(id) })}
        />
      </Listing>
      {sessionId && <SessionSheet id={sessionId} onClose={close} />}
      {payment && <PaymentSheet key={payment.id} payment={payment} onClose={close} />}
    </Page>
  );
}
