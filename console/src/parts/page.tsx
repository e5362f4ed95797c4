import { type ReactNode, useEffect } from "react";
import { words } from "../words/index.ts";

/** A page of the console: its name, what it is for, what can be done, and its content. */
export function Page({
  title,
  about,
  deeds,
  children,
}: {
  title: string;
  about?: ReactNode;
  deeds?: ReactNode;
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
        {deeds && <div className="row">{deeds}</div>}
      </header>
      {children}
    </div>
  );
}

/** Grey rows, where a table will be. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const heights = Array.from({ length: rows }, (_, index) => index);
  return (
    <div className="stack card padded" aria-busy="true">
      <span className="unseen">{words.common.loading}</span>
      {heights.map((index) => (
        <div key={index} className="ghost ghost-row" />
      ))}
    </div>
  );
}

/** Said instead of an empty table. */
export function Nothing({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className="nothing">
      {icon}
      <h2>{title}</h2>
      {children}
    </div>
  );
}
