import { defineConfig } from "vitest/config";
import { inChromium } from "../testing/project.js";

export default defineConfig({
  test: { projects: inChromium("elements in Chromium", ["test/**/*.test.ts"]) },
});
