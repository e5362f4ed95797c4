import { type ReactNode, useEffect } from "react";
import { words } from "../words/index.ts";

/** A page of the console: title, description, actions and content. */
export function Page({
  title,
  about,
  actions,
  children,
}: {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = words.shell.documentTitle(title);
  }, [title]);
  return (
    <div className="page">
      <header>
        <div>
          <h1>{title}</h1>
          {about && <p>{about}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** Placeholder rows while a table loads. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const heights = Array.from({ length: rows }, (_, index) => index);
  return (
    <div className="stack card padded" aria-busy="true">
      <span className="visually-hidden">{words.common.loading}</span>
      {heights.map((index) => (
        <div key={index} className="skeleton skeleton-row" />
      ))}
    </div>
  );
}

/** Shown instead of an empty table. */
export function EmptyState({
  icon,
  title,
  children,
}: {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
}) {
  return (
    <div className="empty-state">
      {icon}
      <h2>{title}</h2>
      {children}
    </div>
  );
}
