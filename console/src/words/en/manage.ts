/** API keys, workers and settings. */

export const keys = {
  about: "API keys authenticate your programs. Each key has its own rate limit, usage and webhook secret.",
  failed: "Could not load API keys",
  create: "Create key",
  empty: { title: "No API keys yet", text: "Create a key for each program that uses this server." },
  signedInWithKey: "Signed in with an API key",
  signedInWithKeyText: "To create keys, sign in with an email address and a password.",

  createTitle: "Create API key",
  name: "Name",
  namePlaceholder: "Production",
  nameHint: "Shown in this list and in usage.",
  perMinute: "Requests per minute",
  perMonth: "Requests per month",
  noLimit: "No limit",

  createdTitle: "API key created",
  shownOnce: "Copy this key now",
  shownOnceText: "It is shown only once. The server stores only a hash of it.",
  apiKey: "API key",
  webhookSecret: "Webhook signing secret",

  columns: {
    name: "Name",
    owner: "Owner",
    perMinute: "Requests per minute",
    thisMonth: "Requests this month",
    duration: "Duration",
    cost: "Cost",
    actions: "Actions",
  },
  consoleKey: "Used by this console",
  created: (prefix: string, day: string) => `\`${prefix}…\` created ${day}`,
  serviceKey: "Service key",
  ofCap: (cap: string) => ` of ${cap}`,

  revoke: "Revoke",
  revokeNamed: (name: string) => `Revoke ${name}`,
  revokeTitle: (name: string) => `Revoke “${name}”?`,
  revokeText: (prefix: string) =>
    `The server rejects requests with \`${prefix}…\` from now on. Jobs that are already queued still finish. You cannot undo this.`,
  revokeConfirm: "Revoke key",
  revokedToast: (name: string) => `Key “${name}” revoked.`,
};

export const workers = {
  about: "Processes that render jobs and run live sessions, on this machine and on others.",
  failed: "Could not load workers",
  count: "Workers",
  liveSessions: "Live sessions",
  jobs: "Jobs",
  jobsRendering: "Jobs rendering",
  jobsQueued: "Jobs queued",
  inUse: (busy: number, all: number) => `${busy} of ${all} in use`,
  lastHeartbeat: (ago: string) => `Last heartbeat ${ago}`,
  empty: {
    title: "No workers online",
    text: "Jobs stay queued until a worker is online. `visavis serve` restarts its own worker.",
  },
  add: "Add workers",
  addText:
    "Run `visavis work` on another machine. Set `DATABASE_URL` and an object store that both machines can reach.",
};

export const settings = {
  version: (version: string) => `visavis ${version}`,
  server: "Server",
  serverAbout: "Environment variables of `visavis serve`. The server reads them at startup.",
  failed: "Could not load settings",
  search: "Search settings",
  noMatches: "No settings match",
  setting: "Setting",
  value: "Value",
  notSet: "not set",
  hidden: "set (hidden)",
  default: (value: string) => `default: ${value}`,
  yes: "yes",
  no: "no",
  emptyList: "none",
  account: "Account",
  signedInAs: (email: string) => `Signed in as ${email}.`,
  signedInWithKey: (name: string) => `Signed in with the API key “${name}”.`,
  changePassword: "Change password",
  currentPassword: "Current password",
  newPassword: "New password",
  passwordHint: "At least 10 characters.",
  updatePassword: "Update password",
  passwordUpdated: "Password updated. Other browsers are signed out.",
};
