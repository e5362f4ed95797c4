import { Link } from "react-router";
import type { PaymentRow } from "../../api/console.ts";
import { Fact } from "../../components/facts.tsx";
import { atTime, count, dollars } from "../../components/format.ts";
import { Sheet } from "../../components/sheet.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { wordFor, words } from "../../words/index.ts";
import { networkName, transactionUrl } from "./explorers.ts";

/** The status of a payment, among those of everything that has one. */
export const statusOf = ({ status }: PaymentRow): string => (status === "pending" ? "settling" : status);

/** A transaction, with a link to a block explorer where there is one. */
function Transaction({ payment: { network, transaction } }: { payment: PaymentRow }) {
  if (!transaction) return words.common.none;
  const url = transactionUrl(network, transaction);
  if (!url) return <span className="mono">{transaction}</span>;
  return (
    <a className="mono" href={url} target="_blank" rel="noreferrer">
      {transaction}
    </a>
  );
}

/** One payment, with its addresses in full. */
export function PaymentSheet({ payment, onClose }: { payment: PaymentRow; onClose: () => void }) {
  const { columns, facts, purposes, reasons } = words.payments;
  const { session_id: session } = payment;
  return (
    <Sheet title={words.payments.title} onClose={onClose}>
      <div className="row">
        <StatusBadge status={statusOf(payment)} />
      </div>
      <dl className="details">
        {payment.error && <Fact name={facts.reason}>{wordFor(reasons, payment.error)}</Fact>}
        <Fact name={columns.amount}>{dollars(payment.amount_usd)}</Fact>
        <Fact name={columns.purpose}>{wordFor(purposes, payment.purpose)}</Fact>
        <Fact name={columns.minutes}>{count(payment.minutes)}</Fact>
        <Fact name={columns.network}>{networkName(payment.network)}</Fact>
        <Fact name={columns.wallet}>
          <span className="mono">{payment.wallet}</span>
        </Fact>
        <Fact name={columns.transaction}>
          <Transaction payment={payment} />
        </Fact>
        <Fact name={columns.session}>
          {session ? (
            <Link className="mono" to={{ search: `?${new URLSearchParams({ session })}` }}>
              {session}
            </Link>
          ) : (
            words.common.none
          )}
        </Fact>
        <Fact name={columns.created}>{atTime(payment.created_at)}</Fact>
        <Fact name={facts.settled}>{atTime(payment.settled_at)}</Fact>
      </dl>
    </Sheet>
  );
}
