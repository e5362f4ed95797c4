import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "nextjs-proxy", include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 240_000 },
});
