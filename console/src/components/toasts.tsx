import { X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { words } from "../words/index.ts";

interface Toast {
  id: number;
  text: string;
}

const SHOWN_MS = 6000;
let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(changed: readonly Toast[]): void {
  toasts = changed;
  for (const each of listeners) each();
}

/** Shows a message for some seconds. */
export function showToast(text: string): void {
  set([...toasts, { id: next++, text }]);
}

const dismiss = (id: number): void => set(toasts.filter((each) => each.id !== id));

function subscribe(callback: () => void): () => void {
  listeners.add(callback);
  return () => listeners.delete(callback);
}

function ToastItem({ toast }: { toast: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(toast.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast.id]);
  return (
    <li className="toast">
      <span>{toast.text}</span>
      <button type="button" aria-label={words.common.dismiss} onClick={() => dismiss(toast.id)}>
        <X size={16} aria-hidden />
      </button>
    </li>
  );
}

/** The list of toasts, shown once, in the shell. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <ul className="toasts" aria-live="polite" aria-label={words.common.notifications}>
      {shown.map((toast) => (
        <ToastItem key={toast.id} toast={toast} />
      ))}
    </ul>
  );
}
