import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { words } from "../words/index.ts";
import { ErrorNotice } from "./notice.tsx";
import { Sheet } from "./sheet.tsx";

/** Asks before something is done that cannot be taken back, and shows why it failed. */
export function ConfirmSheet({
  title,
  confirm,
  action,
  cancel = words.common.cancel,
  failed,
  isHarmless = false,
  onClose,
  children,
}: {
  title: string;
  /** Words on the button that does it. */
  confirm: string;
  action: UseMutationResult<unknown, Error, void>;
  cancel?: string;
  /** Title of the error; what happened if not given. */
  failed?: string;
  /** Whether nothing is lost by it. */
  isHarmless?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Sheet title={title} onClose={onClose}>
      {children}
      {action.isError && <ErrorNotice error={action.error} title={failed} />}
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          {cancel}
        </button>
        <button
          type="button"
          className={isHarmless ? "button primary" : "button danger"}
          disabled={action.isPending}
          onClick={() => action.mutate()}
        >
          {confirm}
        </button>
      </div>
    </Sheet>
  );
}
