/** The colour theme: that of the system until the user chooses one. */
export type Theme = "system" | "light" | "dark";

const STORAGE_KEY = "visavis.theme";
const listeners = new Set<() => void>();
const system = window.matchMedia("(prefers-color-scheme: dark)");

export function readTheme(): Theme {
  const stored = localStorage.getItem(STORAGE_KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, theme);
  applyTheme();
}

export function applyTheme(): void {
  const theme = readTheme();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const each of listeners) each();
}

/** Subscribes to changes of the colours, for canvases. Returns a function that unsubscribes. */
export function onThemeChange(callback: () => void): () => void {
  listeners.add(callback);
  system.addEventListener("change", callback);
  return () => {
    listeners.delete(callback);
    system.removeEventListener("change", callback);
  };
}

/** The computed value of a colour token, such as `--ink`. */
export function colourOf(property: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
