/** What is docked on every page, such as a live session. */
import type { ComponentType } from "react";
import { createStore } from "../components/store.ts";

export interface Docked {
  /** Path of its own page, where it is not docked. */
  path: string;
  /** The player shown on other pages. */
  Player: ComponentType;
  end: () => Promise<void>;
}

export const dock = createStore<{ docked: Docked | null }>({ docked: null });
