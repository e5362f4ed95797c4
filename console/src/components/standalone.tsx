import type { ReactNode } from "react";
import { words } from "../words/index.ts";
import { Mark } from "./mark.tsx";

/** A page without the menu, with the logo on top. */
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

/** Shown while the console starts. */
export function Loading() {
  return (
    <Standalone>
      <p className="soft" role="status" aria-busy>
        {words.common.loading}
      </p>
    </Standalone>
  );
}
