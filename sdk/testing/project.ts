import { playwright } from "@vitest/browser-playwright";
import type { TestProjectInlineConfiguration } from "vitest/config";
import { FLAGS, findChromium } from "./chromium.js";
import { commands } from "./commands.js";

/**
 * A project of tests that run in Chromium, facing a real room server.
 *
 * @param name - What the reports call it.
 * @param include - Which files.
 * @param options - `autoplay`: whether sound may play before the user has touched the page; `prebundled`: packages
 *   that the tests import, so that finding them does not reload the page.
 */
export function inChromium(
  name: string,
  include: string[],
  { autoplay = true, prebundled = [] }: { autoplay?: boolean; prebundled?: string[] } = {},
): TestProjectInlineConfiguration[] {
  const executablePath = findChromium();
  if (executablePath === null) {
    process.stderr.write(`${name}: skipped, there is no Chromium here (CHROMIUM=… names one)\n`);
    return [];
  }
  const policy = autoplay ? "no-user-gesture-required" : "document-user-activation-required";
  const args = [...FLAGS, `--autoplay-policy=${policy}`];
  return [
    {
      resolve: { conditions: ["@visavis/source", "module", "browser", "development"] },
      optimizeDeps: { include: ["livekit-client", ...prebundled] },
      test: {
        name,
        include,
        globalSetup: [new URL("rooms.ts", import.meta.url).pathname],
        testTimeout: 30_000,
        fileParallelism: false,
        retry: process.env.CI ? 1 : 0,
        setupFiles: [new URL("quiet.ts", import.meta.url).pathname],
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({
            launchOptions: { executablePath, args },
            contextOptions: { permissions: ["microphone"] },
          }),
          instances: [{ browser: "chromium" }],
          commands,
        },
      },
    },
  ];
}
