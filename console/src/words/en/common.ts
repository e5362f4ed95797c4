/** What several pages say. */
import { plural } from "./plural.ts";

const tryAgainIn = (s: number) =>
  plural(s, { one: `Try again in ${s} second.`, other: `Try again in ${s} seconds.` });

export const common = {
  none: "–",
  cancel: "Cancel",
  close: "Close",
  copied: "Copied",
  copy: (what: string) => `Copy ${what}`,
  dismiss: "Dismiss",
  done: "Done",
  download: "Download",
  downloadAs: (format: string) => `Download ${format}`,
  justNow: "just now",
  loading: "Loading…",
  notifications: "Notifications",
  of: (total: string) => `of ${total}`,
  retry: "Retry",
  retrying: "Retrying…",
  search: "Search",
  tryAgainIn,

  noResults: "No results",
  results: (count: number, written: string) =>
    plural(count, { one: `${written} result`, other: `${written} results` }),
  pagination: "Pagination",
  previousPage: "Previous page",
  nextPage: "Next page",
  range: (first: string, last: string, total: string) => `${first}–${last} of ${total}`,

  day: "Day",
  time: "Time",

  /** Of jobs, sessions, agents and keys. */
  statuses: {
    pending: "Queued",
    processing: "Rendering",
    completed: "Completed",
    failed: "Failed",
    generating: "Being made",
    ready: "Ready",
    active: "Active",
    ended: "Ended",
    live: "Live",
    recording: "Recording",
    online: "Online",
    revoked: "Revoked",
    removed: "Removed",
    member: "Active",
    invited: "Invited",
    reserved: "Reserved",
    settling: "Pending",
    paid: "Paid",
    not_paid: "Not paid",
  },
};

export const errors = {
  /** Texts in place of what the server and the SDK say in English, by code. */
  byCode: {} as Readonly<Record<string, string>>,
  unreachable: "Could not reach the server. Check that it is running, then try again.",
  unexpectedStatus: (status: number) => `The server returned an unexpected response (${status}).`,
  emptyResponse: "The server returned an empty response.",
  emptyImage: "The server returned an empty image.",
  jobFailed: "The job failed.",
  outOfDate: "This data is out of date",
  start: "Could not start the console",
  pageNotLoaded: "Could not load this page",
  pageNotLoadedText: "Part of this page did not load. Check that the server is running, then try again.",
  crashed: "Something went wrong",
  crashedText: "Reload the page. If the error persists, see the browser's developer console for details.",
};
