import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "plain-html", include: ["test/**/*.test.ts"], testTimeout: 60_000 },
});
