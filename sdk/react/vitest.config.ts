import { defineConfig } from "vitest/config";
import { inChromium } from "../testing/project.js";

const prebundled = [
  "@livekit/protocol",
  "@northmodellabs/atlas-react",
  "react",
  "react-dom",
  "react/jsx-dev-runtime",
  "react-dom/client",
  "vitest-browser-react",
];

export default defineConfig({
  test: { projects: inChromium("react in Chromium", ["test/**/*.test.tsx"], { prebundled }) },
});
