import { defineConfig } from "@playwright/test";
import { FLAGS, findChromium } from "../sdk/testing/chromium.ts";

/** Tests of live avatars: they need the whole machine, and the others run beside the tests of the server. */
const LIVE = /(2-live|4-heard|6-conversation|9-embed)\.spec\.ts/;
const chromium = findChromium();
if (!chromium) process.stderr.write("The console's tests are left out: there is no Chromium.\n");

export default defineConfig({
  testDir: "tests",
  // One server, one room server, one machine that also renders: one test after the other.
  workers: 1,
  fullyParallel: false,
  // A shared machine stands still for longer than sound may be late. What passes only the second time is listed as flaky.
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  ...(chromium ? { globalSetup: "./tests/server.ts" } : { testMatch: [] }),
  projects: [
    { name: "pages", testIgnore: LIVE },
    { name: "live", testMatch: chromium ? LIVE : [] },
  ],
  use: {
    browserName: "chromium",
    viewport: { width: 1360, height: 860 },
    trace: "retain-on-failure",
    permissions: ["microphone", "clipboard-write", "clipboard-read"],
    launchOptions: {
      executablePath: chromium ?? "",
      args: [
        "--no-sandbox",
        ...FLAGS,
        "--use-fake-ui-for-media-stream",
        ...(process.env.SPEECH_FILE ? [`--use-file-for-fake-audio-capture=${process.env.SPEECH_FILE}`] : []),
      ],
    },
  },
});
