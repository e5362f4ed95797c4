import type { ReactNode } from "react";

/** A name and what belongs to it, in a list of class `details`. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="detail">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What is known of a thing, by name. What is null is left out. */
export function Facts({ of: facts }: { of: readonly (readonly [string, string | null])[] }) {
  return (
    <dl className="details">
      {facts
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
    </dl>
  );
}
