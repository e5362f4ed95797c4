import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { ApiError } from "./api/error.ts";
import { router } from "./routes.tsx";
import { applyTheme } from "./theme.ts";
import { language } from "./words/language.ts";
import "@fontsource-variable/instrument-sans/wght.css";
import "@fontsource-variable/bricolage-grotesque/wght.css";
import "./design/tokens.css";
import "./design/base.css";
import "./design/components.css";

applyTheme();
document.documentElement.lang = language;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A rejected request would be rejected again. An unreachable server may come back.
      retry: (times, error) =>
        times < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
      retryDelay: 500,
      refetchOnWindowFocus: false,
      // The server may be this machine: whether the browser is online does not matter.
      networkMode: "always",
    },
    mutations: {
      networkMode: "always",
    },
  },
});

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
