import { CircleAlert, Clock, Info } from "lucide-react";
import type { ReactNode } from "react";
import { Failure, wordsOf } from "../api/failure.ts";
import { words } from "../words/index.ts";

const ICONS = { bad: CircleAlert, wait: Clock, calm: Info };

/** Something that should be read, with what to do about it. */
export function Notice({
  kind = "bad",
  title,
  action,
  children,
}: {
  kind?: keyof typeof ICONS;
  title?: string;
  /** A button that does something about it. */
  action?: ReactNode;
  children?: ReactNode;
}) {
  const Icon = ICONS[kind];
  return (
    <div className={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      <Icon size={18} aria-hidden />
      {title && <strong>{title}</strong>}
      {children && <div>{children}</div>}
      {action && <div className="notice-action">{action}</div>}
    </div>
  );
}

/** An error in the server's own words, and how long to wait where it said so. */
export function errorText(error: unknown): string {
  const wait = error instanceof Failure ? error.retryAfterS : null;
  return wait === null ? wordsOf(error) : `${wordsOf(error)} ${words.common.tryAgainIn(wait)}`;
}

/** An error as a notice. */
export function FailureNotice({
  error,
  title,
  action,
}: {
  error: unknown;
  title?: string;
  action?: ReactNode;
}) {
  return (
    <Notice {...(title ? { title } : {})} action={action}>
      {errorText(error)}
    </Notice>
  );
}
