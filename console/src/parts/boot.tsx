import type { ReactNode } from "react";
import { words } from "../words/index.ts";
import { Mark } from "./mark.tsx";

/** A page of its own with the mark above: before there is a menu, and where there is none. */
export function Standalone({ children }: { children: ReactNode }) {
  return (
    <main className="standalone">
      <span className="brand">
        <Mark /> visavis
      </span>
      {children}
    </main>
  );
}

/** While the console starts. */
export function Booting() {
  return (
    <Standalone>
      <p className="soft" role="status" aria-busy>
        {words.common.loading}
      </p>
    </Standalone>
  );
}
