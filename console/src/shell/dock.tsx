import { useEffect } from "react";
import { useLocation } from "react-router";
import { useStore } from "../parts/store.ts";
import { dock } from "./docked.ts";

/** What goes on, at the edge of pages that are not its own; leaving the console with it is asked about. */
export function Dock() {
  const { docked } = useStore(dock);
  const { pathname } = useLocation();
  const isOn = docked !== null;

  useEffect(() => {
    if (!isOn) return;
    // The browser asks in its own words.
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
      event.returnValue = true; // what some browsers look at instead
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isOn]);

  if (!docked || pathname === docked.path) return null;
  return <docked.Player />;
}

/** Whether the player covers a part of the page. */
export function useHasDock(): boolean {
  const { docked } = useStore(dock);
  const { pathname } = useLocation();
  return docked !== null && pathname !== docked.path;
}
