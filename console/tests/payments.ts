/** Payments as the server answers them: without a chain, a server has none. */
const PAID = {
  id: 3,
  status: "paid",
  error: null,
  purpose: "session",
  minutes: 15,
  amount_usd: 0.75,
  network: "eip155:8453",
  wallet: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
  transaction: "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b",
  session_id: "ses_4f1b7c2a9d3e58604b7f",
  created_at: "2026-03-02T09:15:00Z",
  settled_at: "2026-03-02T09:15:04Z",
};
export const PAYMENTS = {
  payments: [
    PAID,
    {
      ...PAID,
      id: 2,
      status: "not_paid",
      error: "authorization_used_elsewhere",
      purpose: "extension",
      network: "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
      wallet: "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV",
      transaction: null,
    },
    { ...PAID, id: 1, status: "pending", network: "eip155:31337", session_id: null, settled_at: null },
  ],
  count: 3,
  limit: 25,
  offset: 0,
};
