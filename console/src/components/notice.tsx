import { CircleAlert, Clock, Info } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError, messageOf } from "../api/error.ts";
import { words } from "../words/index.ts";

const ICONS = { error: CircleAlert, warning: Clock, info: Info };

/** A notice: an error, a warning or information. */
export function Notice({
  kind = "error",
  title,
  action,
  children,
}: {
  kind?: keyof typeof ICONS;
  title?: string | undefined;
  /** A button, such as one that tries again. */
  action?: ReactNode;
  children?: ReactNode;
}) {
  const Icon = ICONS[kind];
  return (
    <div className={`notice ${kind}`} role={kind === "error" ? "alert" : "status"}>
      <Icon size={18} aria-hidden />
      {title && <strong>{title}</strong>}
      {children && <div>{children}</div>}
      {action && <div className="notice-action">{action}</div>}
    </div>
  );
}

/** The message of an error, with the time to wait if the server named one. */
export function errorText(error: unknown): string {
  const wait = error instanceof ApiError ? error.retryAfterS : null;
  return wait === null ? messageOf(error) : `${messageOf(error)} ${words.common.tryAgainIn(wait)}`;
}

/** An error as a notice. */
export function ErrorNotice({
  error,
  title,
  action,
}: {
  error: unknown;
  title?: string | undefined;
  action?: ReactNode;
}) {
  return (
    <Notice {...(title ? { title } : {})} action={action}>
      {errorText(error)}
    </Notice>
  );
}
