/** Jobs, sessions and usage. */
import { plural } from "./plural.ts";

const key = (name: string, prefix: string) => `${name} (${prefix}…)`;

export const jobs = {
  about: (ttl: string) => `Videos and speech, newest first. Results are kept for ${ttl}.`,
  search: "ID, text, error or key",
  failed: "Could not load jobs",
  noMatches: "No jobs match. Change the search or the filters.",
  empty: {
    title: "No jobs yet",
    text: "Jobs from Studio and from the API appear here.",
    action: "Create a video",
  },
  filters: {
    status: "Status",
    allStatuses: "All statuses",
    type: "Type",
    allTypes: "All types",
  },
  types: { video: "Video", tts: "Speech", recording: "Recording" },
  columns: {
    job: "Job",
    status: "Status",
    key: "Key",
    duration: "Duration",
    renderTime: "Render time",
    created: "Created",
  },
  /** What a job without a text was made from. */
  made: { video: "Photo and audio", tts: "Speech", recording: "Recording of a live session" } as Readonly<
    Record<string, string>
  >,

  title: (id: string) => `Job ${id}`,
  notLoaded: "Could not load this job",
  keyRevoked: "API key revoked",
  keyRevokedText: "The results of a revoked key are no longer available.",
  jobFailed: (code: string) => `Failed: ${code}`,
  unknownError: "unknown error",
  queued: "Queued",
  ahead: (count: number) => plural(count, { one: `${count} job ahead.`, other: `${count} jobs ahead.` }),
  rendering: "Rendering…",
  soon: "The job finishes in a moment.",
  expired: "Result deleted",
  expiredText: (ttl: string) => `Results are deleted after ${ttl}.`,
  facts: {
    key: "Key",
    created: "Created",
    started: "Started",
    completed: "Completed",
    renderTime: "Render time",
    duration: "Duration",
    size: "Size",
    sampleRate: "Sample rate",
    photo: "Photo",
    audio: "Audio",
    text: "Text",
    characters: "Characters",
    language: "Language",
  },
  key,
};

export const sessions = {
  about: "Live sessions, active and ended.",
  aboutBilled: "Live sessions, active and ended. Billed per second.",
  search: "ID, reason or key",
  failed: "Could not load sessions",
  noMatches: "No sessions match. Change the search or the filter.",
  empty: {
    title: "No sessions yet",
    text: "Live sessions from this console and from the API appear here.",
    action: "Start a session",
  },
  filters: { status: "Status", allStatuses: "All statuses" },
  columns: {
    session: "Session",
    status: "Status",
    reason: "End reason",
    key: "Key",
    duration: "Duration",
    cost: "Cost",
    created: "Created",
  },
  /** Why sessions end, by the server's code. */
  reasons: {
    deleted: "Ended by request",
    idle_timeout: "Idle timeout",
    max_duration: "Maximum duration reached",
    room_deleted: "Room closed",
    room_lost: "Room unreachable",
    worker_lost: "Worker lost",
    failed: "Repeated failures",
    access_ended: "Access ended",
  } as Readonly<Record<string, string>>,

  title: "Session",
  notLoaded: "Could not load this session",
  inviteViewers: "Invite viewers",
  end: "End session",
  notEnded: "Could not end the session",
  endedToast: (cost: string) => `Session ended. Cost: ${cost}.`,
  transcript: "Transcript",
  transcriptNotLoaded: "Could not load the transcript",
  transcriptEmpty: (time: string) =>
    `Nothing was said yet, or the transcript has been deleted. Transcripts are kept for ${time}.`,
  interrupted: "interrupted",
  sources: (names: string) => `From: ${names}`,
  facts: {
    key: "Key",
    mode: "Mode",
    room: "Room",
    created: "Created",
    started: "Started",
    ended: "Ended",
    reason: "End reason",
    duration: "Duration",
    cost: "Cost",
    worker: "Worker",
    failovers: "Failovers",
  },
  key,
  /** Of a session that a wallet paid for. */
  noKey: "Wallet",
};

export const usage = {
  about: "What your API keys produced. Days are in UTC.",
  aboutBilled: "What your API keys produced, and the cost. Days are in UTC.",
  failed: "Could not load usage",
  timeRange: "Time range",
  days: (days: number) => plural(days, { one: `${days} day`, other: `${days} days` }),
  empty: {
    title: (days: number) =>
      plural(days, { one: "No usage today", other: `No usage in the last ${days} days` }),
    text: "Videos, speech and live sessions are counted here by the second.",
    action: "Create a video",
  },
  cost: "Cost",
  duration: "Duration",
  count: "Jobs and sessions",
  pricePerHour: "Price per hour",
  livePrice: (price: string) => `live ${price}`,
  conversationPrice: (price: string) => `conversation ${price}`,
  minutesPerDay: "Minutes per day",
  costPerDay: "Cost per day (USD)",
  total: (value: string, days: number) =>
    plural(days, { one: `${value} in ${days} day`, other: `${value} in ${days} days` }),
  kinds: { video: "Video", realtime: "Live", tts: "Speech" },
  byKey: "Usage by key",
  key: "Key",
};

export const payments = {
  title: "Payment",
  about: "What wallets paid for live sessions. The chain decides whether a payment is paid.",
  search: "Wallet, transaction or session ID",
  failed: "The payments could not be loaded.",
  noMatches: "No payment matches the search and the filter.",
  empty: {
    title: "No payments yet",
    text: "Wallets can buy live sessions when `VISAVIS_PAYMENT_PAY_TO` names an address to be paid to.",
  },
  columns: {
    wallet: "Wallet",
    status: "Status",
    amount: "Amount",
    minutes: "Minutes",
    purpose: "For",
    network: "Network",
    transaction: "Transaction",
    session: "Session",
    created: "Created",
  },
  filters: { status: "Status", allStatuses: "All statuses" },
  purposes: { session: "Session", extension: "More time" },
  facts: { reason: "Reason", settled: "Settled" },
  reasons: {
    authorization_canceled: "The wallet canceled the payment.",
    authorization_expired: "The payment expired before it was sent.",
    authorization_used_elsewhere: "The wallet used the signature for something else.",
    blockhash_expired: "The payment expired before it was sent.",
    network_unreachable: "The node of the network did not answer.",
    transaction_failed: "The transaction failed on the network.",
    transaction_not_found: "The node of the network does not know the transaction yet.",
  },
  open: (wallet: string) => `Open the payment of ${wallet}`,
  openTransaction: (transaction: string) => `Open transaction ${transaction} in a block explorer`,
  openSession: (session: string) => `Open session ${session}`,
};
