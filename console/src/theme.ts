/** Which colours are shown: as the system says, until somebody chooses. */
export type Theme = "system" | "light" | "dark";

const KEPT = "visavis.theme";
const listeners = new Set<() => void>();
const system = window.matchMedia("(prefers-color-scheme: dark)");

export function readTheme(): Theme {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, theme);
  applyTheme();
}

export function applyTheme(): void {
  const theme = readTheme();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const each of listeners) each();
}

/** Calls back when other colours are shown; returns what ends it. For what draws with colours itself. */
export function onThemeChange(callback: () => void): () => void {
  listeners.add(callback);
  system.addEventListener("change", callback);
  return () => {
    listeners.delete(callback);
    system.removeEventListener("change", callback);
  };
}

/** A colour of the design as the browser computes it now, by the name of its property. */
export function colourOf(property: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
