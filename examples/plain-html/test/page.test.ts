import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FLAGS, findChromium } from "../../../sdk/testing/chromium.js";
import { type Started, start } from "../../../sdk/testing/process.js";
import { type Service, startService } from "../../../sdk/testing/service.js";
import { wav } from "../../../sdk/testing/sounds.js";

const FOLDER = fileURLToPath(new URL("..", import.meta.url));
const DEADLINE = { timeout: 30_000 };

describe.skipIf(findChromium() === null)("the page", () => {
  let service: Service;
  let site: Started;
  let browser: Browser;

  beforeAll(async () => {
    service = await startService();
    site = await start([process.execPath, "server.mjs"], {
      cwd: FOLDER,
      env: { VISAVIS_API_URL: service.url, VISAVIS_API_KEY: service.key, PORT: "0" },
      patterns: [/^(http\S+)/],
    });
    browser = await chromium.launch({ executablePath: findChromium() ?? "", args: FLAGS });
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await service?.stop();
  }, 120_000);

  /** The page with a running session. */
  async function started(): Promise<Page> {
    const page = await browser.newPage();
    await page.addInitScript(keepConnections);
    await page.goto(site.said[0] ?? "");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("status").getByText("active").waitFor(DEADLINE);
    return page;
  }

  test("lets the avatar say a sound, and ends it", async () => {
    const page = await started();
    const before = await heardEnergy(page);
    await page.getByLabel("Speak an audio file").setInputFiles({
      name: "tone.wav",
      mimeType: "audio/wav",
      buffer: Buffer.from(wav(2)),
    });
    // The avatar says what it was given, so its own track becomes loud.
    await expect.poll(() => heardEnergy(page), DEADLINE).toBeGreaterThan(before + 0.01);

    await page.getByLabel("Speak an audio file").setInputFiles({
      name: "notes.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("These are no sounds."),
    });
    await page.getByRole("status").getByText("Could not decode the audio").waitFor(DEADLINE);

    await page.getByRole("button", { name: "End" }).click();
    await page.getByRole("status").getByText("ended").waitFor(DEADLINE);
  });

  test("lets the avatar say a text", async () => {
    const page = await started();
    const before = await heardEnergy(page);
    await page.getByLabel("Text to say").fill("Good morning, everybody.");
    await page.getByRole("button", { name: "Say" }).click();
    await expect.poll(() => heardEnergy(page), DEADLINE).toBeGreaterThan(before + 0.01);
    await page.close();
  });

  test("says at its start what is wrong with the key or the port", () => {
    const without = run({ VISAVIS_API_KEY: "" });
    expect(without).toEqual({ status: 1, said: expect.stringMatching(/^Set VISAVIS_API_KEY .*\n$/) });
    // The key of the examples, with the character that stands for what is left out.
    expect(run({ VISAVIS_API_KEY: "sk_live_…" })).toEqual(without);
    const port = new URL(site.said[0] ?? "").port;
    expect(run({ VISAVIS_API_KEY: service.key, PORT: port })).toEqual({
      status: 1,
      said: `Port ${port} is in use. Choose another with PORT=…\n`,
    });
  });
});

/** Starts the page's server where it cannot start, and returns what it says. */
function run(env: Record<string, string>): { status: number | null; said: string } {
  const { status, stderr } = spawnSync(process.execPath, ["server.mjs"], {
    cwd: FOLDER,
    env: { ...process.env, ...env },
    encoding: "utf-8",
    timeout: DEADLINE.timeout,
  });
  return { status, said: stderr };
}

declare global {
  interface Window {
    connections: RTCPeerConnection[];
  }
}

/** Runs in the page before anything else: remembers every connection that is made. */
function keepConnections(): void {
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args: ConstructorParameters<typeof RTCPeerConnection>) {
      super(...args);
      window.connections.push(this);
    }
  };
}

/** How much sound the page has received so far, as WebRTC counts it. */
function heardEnergy(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let energy = 0;
    for (const connection of window.connections) {
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === "inbound-rtp" && entry.kind === "audio") energy += entry.totalAudioEnergy ?? 0;
      }
    }
    return energy;
  });
}
