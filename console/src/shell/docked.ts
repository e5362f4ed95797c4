/** What goes on whatever page is shown, such as a live session. */
import type { ComponentType } from "react";
import { createStore } from "../parts/store.ts";

export interface Docked {
  /** Its own page, where it is shown whole. */
  path: string;
  /** What is shown of it on other pages. */
  Player: ComponentType;
  end: () => Promise<void>;
}

export const dock = createStore<{ docked: Docked | null }>({ docked: null });
