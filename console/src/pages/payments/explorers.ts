/** Public block explorers of networks, by their CAIP-2 name: the begin of the address of a transaction. */
const EXPLORERS: Readonly<Record<string, { name: string; begin: string; end?: string }>> = {
  "eip155:8453": { name: "Base", begin: "https://basescan.org/tx/" },
  "eip155:84532": { name: "Base Sepolia", begin: "https://sepolia.basescan.org/tx/" },
  "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp": { name: "Solana", begin: "https://explorer.solana.com/tx/" },
  "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1": {
    name: "Solana devnet",
    begin: "https://explorer.solana.com/tx/",
    end: "?cluster=devnet",
  },
};

/** The name of a network that people know; its CAIP-2 name for others. */
export const networkName = (network: string): string => EXPLORERS[network]?.name ?? network;

/** The address where a transaction can be seen; nothing for networks without a known explorer. */
export function transactionUrl(network: string, transaction: string): string | undefined {
  const explorer = EXPLORERS[network];
  return explorer && `${explorer.begin}${encodeURIComponent(transaction)}${explorer.end ?? ""}`;
}
