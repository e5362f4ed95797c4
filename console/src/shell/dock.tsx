import { useEffect } from "react";
import { useLocation } from "react-router";
import { useStore } from "../components/store.ts";
import { dock } from "./dock-store.ts";

/** Shows the docked player on other pages. Leaving the console while something is docked asks first. */
export function Dock() {
  const { docked } = useStore(dock);
  const { pathname } = useLocation();
  const isOn = docked !== null;

  useEffect(() => {
    if (!isOn) return;
    // The browser shows its own question.
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

/** Whether a docked player covers a part of the page. */
export function useHasDock(): boolean {
  const { docked } = useStore(dock);
  const { pathname } = useLocation();
  return docked !== null && pathname !== docked.path;
}
