import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FLAGS, findChromium } from "../../../sdk/testing/chromium.js";
import { type Started, start } from "../../../sdk/testing/process.js";
import { type Service, startService } from "../../../sdk/testing/service.js";

const FOLDER = fileURLToPath(new URL("..", import.meta.url));
const NEXT = createRequire(import.meta.url).resolve("next/dist/bin/next");
const DEADLINE = { timeout: 30_000 };

let service: Service;
let site: Started;
let address: string;

beforeAll(async () => {
  const node = process.execPath;
  if (!existsSync(`${FOLDER}/.next/BUILD_ID`)) throw new Error("Build it first: npm run build");
  service = await startService();
  site = await start([node, NEXT, "start", "--hostname", "127.0.0.1", "--port", "0"], {
    cwd: FOLDER,
    env: { VISAVIS_API_KEY: service.key, VISAVIS_API_URL: service.url, NEXT_TELEMETRY_DISABLED: "1" },
    patterns: [/Local:\s+(http\S+)/],
  });
  address = site.said[0] ?? "";
}, 300_000);

afterAll(async () => {
  await site?.stop();
  await service?.stop();
});

test("the variables of the hosted service's example still work", async () => {
  const other = await start([process.execPath, NEXT, "start", "--hostname", "127.0.0.1", "--port", "0"], {
    cwd: FOLDER,
    env: {
      ATLAS_API_KEY: service.key,
      ATLAS_API_URL: service.url,
      NEXT_TELEMETRY_DISABLED: "1",
    },
    patterns: [/Local:\s+(http\S+)/],
  });
  try {
    const response = await fetch(`${other.said[0]}/api/session/ses_00000000000000000000`);
    expect(response.status, "the server knows the key, and no such session").toBe(404);
  } finally {
    await other.stop();
  }
});

async function ask(method: string, path: string, body?: BodyInit, type?: string) {
  const headers = type === undefined ? {} : { "Content-Type": type };
  const response = await fetch(`${address}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("the routes", () => {
  test("create and end a session, from JSON", async () => {
    const created = await ask(
      "POST",
      "/api/session",
      JSON.stringify({ mode: "passthrough" }),
      "application/json",
    );
    expect(created).toMatchObject({ status: 200, body: { mode: "passthrough" } });
    const id = String(created.body.session_id);
    expect(id).toMatch(/^ses_[0-9a-f]{20}$/);
    expect(await ask("GET", `/api/session/${id}`)).toMatchObject({ status: 200, body: { status: "active" } });
    expect(await ask("DELETE", `/api/session/${id}`)).toMatchObject({
      status: 200,
      body: { status: "ended" },
    });
    expect(await ask("DELETE", `/api/session/${id}`)).toMatchObject({
      status: 409,
      body: { error: "already_ended" },
    });
  });

  test("hand on what the API refuses, from a form", async () => {
    const form = new FormData();
    form.append("face", new Blob(["no picture"], { type: "image/png" }), "face.png");
    expect(await ask("POST", "/api/session", form)).toMatchObject({
      status: 400,
      body: { error: "invalid_input" },
    });
    expect(await ask("DELETE", "/api/session/ses_00000000000000000000")).toMatchObject({ status: 404 });
  });

  test("keep the key to themselves", async () => {
    const answers = await Promise.all([fetch(address), fetch(`${address}/api/session/x`)]);
    for (const answer of answers) {
      expect(await answer.text()).not.toContain(service.key);
      expect(JSON.stringify([...answer.headers])).not.toContain(service.key);
    }
  });
});

describe.skipIf(findChromium() === null)("the page", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findChromium() ?? "", args: FLAGS });
  });

  afterAll(async () => {
    await browser?.close();
  });

  test("shows a talking avatar and ends it", async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(address);
    const creation = page.waitForResponse((response) => response.url().endsWith("/api/session"));
    await page.getByRole("button", { name: "Start" }).click();
    const { session_id: id } = (await (await creation).json()) as { session_id: string };
    await page.getByRole("status").getByText("active").waitFor(DEADLINE);
    const video = page.locator("video");
    await video.evaluate(
      (element: HTMLVideoElement) => new Promise((shown) => element.requestVideoFrameCallback(shown)),
    );
    expect(await video.evaluate((element: HTMLVideoElement) => element.videoWidth)).toBeGreaterThan(0);
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT, fullPage: true });
    const ending = page.waitForResponse((response) => response.request().method() === "DELETE");
    await page.getByRole("button", { name: "End" }).click();
    expect((await ending).status()).toBe(200);
    await page.getByRole("status").getByText("ended").waitFor(DEADLINE);
    expect(await ask("GET", `/api/session/${id}`)).toMatchObject({
      body: { status: "ended", end_reason: "deleted" },
    });
    expect(problems).toEqual([]);
    await page.close();
  });

  test("a page that is closed ends its session", async () => {
    const page = await browser.newPage();
    await page.goto(address);
    const creation = page.waitForResponse((response) => response.url().endsWith("/api/session"));
    await page.getByRole("button", { name: "Start" }).click();
    const { session_id: id } = (await (await creation).json()) as { session_id: string };
    await page.getByRole("status").getByText("active").waitFor(DEADLINE);
    await page.close({ runBeforeUnload: true });
    await expect
      .poll(async () => (await ask("GET", `/api/session/${id}`)).body.status, { timeout: 20_000 })
      .toBe("ended");
  });
});
