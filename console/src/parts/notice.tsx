import { CircleAlert, Clock, Info } from "lucide-react";
import type { ReactNode } from "react";
import { Failure, wordsOf } from "../api/failure.ts";

const ICONS = { bad: CircleAlert, wait: Clock, calm: Info };

/** Something that should be read, with what to do about it. */
export function Notice({
  kind = "bad",
  title,
  children,
}: {
  kind?: keyof typeof ICONS;
  title?: string;
  children?: ReactNode;
}) {
  const Icon = ICONS[kind];
  return (
    <div className={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      <Icon size={18} aria-hidden />
      {title && <strong>{title}</strong>}
      {children && <div>{children}</div>}
    </div>
  );
}

/** What went wrong, in the server's own words. */
export function FailureNotice({ error, title }: { error: unknown; title?: string }) {
  const wait = error instanceof Failure ? error.retryAfterS : null;
  return (
    <Notice {...(title ? { title } : {})}>
      {wordsOf(error)}
      {wait !== null && ` Try again in ${wait} s.`}
    </Notice>
  );
}
