import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "support-desk",
    include: ["test/**/*.test.ts"],
    retry: process.env.CI ? 1 : 0,
    testTimeout: 120_000,
  },
});
