import { Fragment } from "react";

/** A text whose parts in `backticks` are code. */
export function Coded({ children }: { children: string }) {
  return children.split("`").map((part, at) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other names
    return at % 2 ? <code key={at}>{part}</code> : <Fragment key={at}>{part}</Fragment>;
  });
}
