import { consoleApi, dataOf } from "../../api/console.ts";
import { showToast } from "../../components/toasts.tsx";
import { useNewSession } from "../../shell/session.tsx";

/** After the user lost an organization: the browser may act for another account now. */
export function useLeft(onClose: () => void): (text: string) => Promise<void> {
  const store = useNewSession();
  return async (text) => {
    store(dataOf(await consoleApi.GET("/console/api/session")));
    showToast(text);
    onClose();
  };
}
