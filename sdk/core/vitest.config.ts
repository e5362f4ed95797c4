import { defineConfig } from "vitest/config";
import { inChromium } from "../testing/project.js";

const prebundled = ["@livekit/protocol"];

export default defineConfig({
  test: {
    projects: [
      { test: { name: "core", include: ["test/unit/**/*.test.ts"] } },
      ...inChromium("core in Chromium", ["test/browser/**/!(autoplay).test.ts"], { prebundled }),
      ...inChromium("core in Chromium, no autoplay", ["test/browser/autoplay.test.ts"], { autoplay: false }),
    ],
  },
});
