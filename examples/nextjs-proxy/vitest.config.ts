import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "nextjs-proxy",
    include: ["test/**/*.test.ts"],
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 240_000,
  },
});
