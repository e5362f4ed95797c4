import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FLAGS, findChromium } from "../../../sdk/testing/chromium.js";
import { type Started, start } from "../../../sdk/testing/process.js";
import { type Service, startService } from "../../../sdk/testing/service.js";
import { RATE_HZ, wavOf } from "../../../sdk/testing/sounds.js";

const FOLDER = fileURLToPath(new URL("..", import.meta.url));
const DEADLINE = { timeout: 30_000 };
const SIZES = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };

describe.skipIf(findChromium() === null)("the desk", () => {
  let service: Service;
  let site: Started;
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    // The browser's own microphone beeps, which would interrupt the avatar.
    folder = await mkdtemp(join(tmpdir(), "support-desk-"));
    const silence = join(folder, "silence.wav");
    await writeFile(silence, Buffer.from(wavOf(new Int16Array(RATE_HZ))));
    service = await startService();
    site = await start([process.execPath, "server.mjs"], {
      cwd: FOLDER,
      env: { VISAVIS_API_URL: service.url, VISAVIS_API_KEY: service.key, PORT: "0" },
      patterns: [/^(http\S+)/],
    });
    const args = [...FLAGS, "--use-fake-ui-for-media-stream", `--use-file-for-fake-audio-capture=${silence}`];
    browser = await chromium.launch({ executablePath: findChromium() ?? "", args });
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await service?.stop();
    if (folder) await rm(folder, { recursive: true });
  }, 120_000);

  test("answers a written question aloud, with captions, and is interrupted", async ({ skip }) => {
    const tried = await fetch(`${site.said[0]}/api/session`, { method: "POST" });
    const opened = (await tried.json()) as { error?: string; session_id?: string };
    if (opened.error === "model_not_ready") skip("the models of conversations are not on this machine");
    await fetch(`${site.said[0]}/api/session/${opened.session_id}`, { method: "DELETE" });

    const page = await browser.newPage({ viewport: SIZES.desktop });
    await page.goto(site.said[0] ?? "");
    await shoot("start");
    await page.getByRole("button", { name: "How long does delivery take?" }).click();
    const log = page.getByRole("log");
    await log.getByText("How long does delivery take?").waitFor(DEADLINE);
    await log.getByText("three to five days").waitFor(DEADLINE);
    const stop = page.getByRole("button", { name: "Interrupt" });
    await expect.poll(() => stop.isEnabled(), DEADLINE).toBe(true);
    await page.locator("#caption").getByText("three to five days").waitFor(DEADLINE);
    await shoot("answer");
    await stop.click();
    await expect.poll(() => stop.isDisabled(), DEADLINE).toBe(true);
    await page.getByRole("button", { name: "End", exact: true }).click();
    await page.getByRole("status").getByText("Thank you for your visit.").waitFor(DEADLINE);
    await page.close();

    /** Pictures for people, where SCREENSHOTS names a folder. */
    async function shoot(name: string): Promise<void> {
      if (!process.env.SCREENSHOTS) return;
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${size}.png`, fullPage: true });
      }
      await page.setViewportSize(SIZES.desktop);
    }
  });
});
