/** Deutsch. Text in `Backticks` wird als Code gezeigt. */
import type { Words } from "../index.ts";
import { agents } from "./agents.ts";
import { avatars } from "./avatars.ts";
import { common, errors } from "./common.ts";
import { conversation } from "./conversation.ts";
import { jobs, payments, sessions, usage } from "./history.ts";
import { invite, live } from "./live.ts";
import { keys, settings, users, workers } from "./manage.ts";
import { audio, face, files, recorder, voice } from "./media.ts";
import { auditLog, invitation, invitations, members, organizations } from "./organizations.ts";
import { said } from "./said.ts";
import { shell, signIn } from "./shell.ts";
import { scimTokens, sso, ssoSignIn } from "./sso.ts";
import { studio } from "./studio.ts";

export const de: Words = {
  agents,
  audio,
  auditLog,
  avatars,
  common,
  conversation,
  errors,
  face,
  files,
  invitation,
  invitations,
  invite,
  jobs,
  keys,
  live,
  members,
  organizations,
  payments,
  recorder,
  said,
  scimTokens,
  sessions,
  settings,
  shell,
  signIn,
  sso,
  ssoSignIn,
  studio,
  usage,
  users,
  voice,
  workers,
};
