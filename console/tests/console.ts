import { AxeBuilder } from "@axe-core/playwright";
import { test as base, type Cookie, expect, type Frame, type Page, request } from "@playwright/test";
import { FLAGS, findChromium } from "../../sdk/testing/chromium.ts";

export { expect, type Page };

export const EMAIL = "operator@example.com";
export const PASSWORD = "correct horse battery";
/** The pages of the menu. */
export const PAGES = [
  "create",
  "studio",
  "live",
  "agents",
  "jobs",
  "sessions",
  "usage",
  "payments",
  "keys",
  "organizations",
  "users",
  "workers",
  "settings",
];

const REFUSED_ON_PURPOSE = /the server responded with a status of (400|401|404|409|410|413|415|422)/;

/** Starts a browser whose microphone repeats the question every 20 seconds. */
export const askingMicrophone = {
  executablePath: findChromium() ?? "",
  args: [
    "--no-sandbox",
    ...FLAGS,
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-audio-capture=${process.env.QUESTION_FILE}`,
  ],
};

export const env = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the server did not start.`);
  return value;
};

interface Fixtures {
  page: Page;
  signedIn: Page;
  /** Signed in with a key: what signs out, signs out nobody else. */
  withKey: Page;
  /** What the browser may complain of in a test that breaks things on purpose. */
  brokenOnPurpose: RegExp | null;
}

/** A page that fails its test when a script breaks, or the page's own policy refuses something. */
export const test = base.extend<Fixtures, { cookies: Cookie[] }>({
  brokenOnPurpose: [null, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of what is wanted from here
  baseURL: async ({}, use) => use(env("VISAVIS_API_URL")),
  page: async ({ page, brokenOnPurpose }, use) => {
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      const isExpected = REFUSED_ON_PURPOSE.test(message.text()) || brokenOnPurpose?.test(message.text());
      const from = new URL(message.location().url || "about:blank").pathname; // without a query: it may hold a key
      if (message.type() === "error" && !isExpected) problems.push(`${message.text()} (${from})`);
    });
    await use(page);
    expect(problems).toEqual([]);
  },
  // Signing in is slowed down for who does it often: it is done once, by the first test that needs it.
  cookies: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const client = await request.newContext({ baseURL: env("VISAVIS_API_URL") });
      const data = { email: EMAIL, password: PASSWORD };
      const answer = await client.post("/console/api/session", { data });
      if (!answer.ok()) {
        // The test of the printed link has not run: this is a part of the tests.
        const made = await client.post("/console/api/session/link", {
          data: { ...data, link: new URL(env("VISAVIS_LINK")).hash.slice(1) },
        });
        expect(made.ok()).toBe(true);
      }
      const { cookies } = await client.storageState();
      await client.dispose();
      await use(cookies);
    },
    { scope: "worker" },
  ],
  signedIn: async ({ page, cookies }, use) => {
    await page.context().addCookies(cookies);
    await use(page);
  },
  withKey: async ({ page }, use) => {
    const answer = await page.request.post("/console/api/session", {
      data: { api_key: env("VISAVIS_API_KEY") },
    });
    expect(answer.ok()).toBe(true);
    await use(page);
  },
});

/** Refuses what people who hear pages, or see them badly, would stumble over. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // What still fades in has less contrast than it will have.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((each) => Number.isFinite(Number(each.effect?.getComputedTiming().endTime)))
        .map((each) => each.finished),
    ),
  );
  const found = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  const said = found.violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`),
  }));
  expect(said, what).toEqual([]);
}

interface Part {
  x: number;
  y: number;
  width: number;
  height: number;
}

const SIDE = 24; // of what is looked at, in pixels

/**
 * Looks at a part of a video, in shares of its picture: a first time at once, then every `framesApart` frames. Each look
 * is `SIDE`² grey values, 0..255. It all happens in the page: a call for each look takes longer than the frames do.
 */
async function looksAt(page: Page, video: string, part: Part, count = 1, framesApart = 1) {
  return await page.locator(video).evaluate(
    async (element, { part, side, count, framesApart }) => {
      const shown = element as HTMLVideoElement;
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = side;
      const drawing = canvas.getContext("2d", { willReadFrequently: true });
      if (!drawing) throw new Error("There is no canvas.");
      const looks: number[][] = [];
      while (true) {
        const [width, height] = [shown.videoWidth, shown.videoHeight];
        const from = [part.x * width, part.y * height, part.width * width, part.height * height] as const;
        drawing.drawImage(shown, ...from, 0, 0, side, side);
        const { data } = drawing.getImageData(0, 0, side, side);
        const grey: number[] = [];
        for (let at = 0; at < data.length; at += 4)
          grey.push(((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 3);
        looks.push(grey);
        if (looks.length === count) return looks;
        // Frames, not a time: a busy machine only takes longer.
        for (let frame = 0; frame < framesApart; frame++)
          await new Promise((resolve) => shown.requestVideoFrameCallback(resolve));
      }
    },
    { part, side: SIDE, count, framesApart },
  );
}

/** The picture that a video shows now: `SIDE`² grey values of a part of it, each 0..255. */
export async function pixels(page: Page, video: string, part: Part): Promise<number[]> {
  return (await looksAt(page, video, part)).flat();
}

export const mean = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** How different two pictures are: the mean distance of their values. */
export const distance = (one: number[], other: number[]): number =>
  mean(one.map((value, at) => Math.abs(value - (other[at] ?? 0))));

/** What a page cuts off or lets run out of the window: texts that are not whole, boxes that are too wide. */
export async function cutOff(page: Page | Frame): Promise<string[]> {
  return await page.evaluate(() => {
    const found: string[] = [];
    const name = (element: Element) =>
      `${element.tagName}.${element.className} “${element.textContent?.trim().slice(0, 30)}”`;
    for (const element of document.querySelectorAll("body *")) {
      const box = element.getBoundingClientRect();
      if (!box.width || element.closest(".visually-hidden, .skip, dialog:not([open]), select, input"))
        continue;
      const isHidden = getComputedStyle(element).overflowX !== "visible";
      if (box.right > window.innerWidth + 1) found.push(`${name(element)} ends at ${box.right}`);
      if (element.scrollWidth > window.innerWidth) found.push(`${name(element)} scrolls in the window`);
      if (isHidden && element.clientWidth && element.scrollWidth > element.clientWidth + 1)
        found.push(`${name(element)} shows ${element.clientWidth} of ${element.scrollWidth}`);
    }
    return found;
  });
}

export const AVATAR = ".live-picture video";
// Of the painted portrait, in shares of the picture.
const MOUTH = { x: 0.42, y: 0.55, width: 0.16, height: 0.12 };
export const WHOLE = { x: 0, y: 0, width: 1, height: 1 };
const FRAMES = 30;

/** How much the mouth moves: the mean change between looks three frames apart. At rest the head still moves. */
export async function mouthMotion(page: Page): Promise<number> {
  const looks = await looksAt(page, AVATAR, MOUTH, FRAMES + 1, 3);
  return mean(looks.slice(1).map((now, at) => distance(now, looks[at] ?? now)));
}

export const SHOTS = process.env.SCREENSHOTS;
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1360, height: 860 };

/** Checks a page as it is now, on a desktop and on a phone; with `SCREENSHOTS`, it also draws it there. */
export async function check(page: Page, name: string): Promise<void> {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await expectAccessible(page, name);
  // Not by a style sheet: the page's policy refuses those of others.
  if (SHOTS)
    await page.locator(".toasts").evaluateAll((lists) => {
      for (const list of lists) list.style.setProperty("visibility", "hidden");
    });
  for (const [device, size] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    await page.setViewportSize(size);
    await expect.poll(() => cutOff(page), { message: `${name} on a ${device}` }).toEqual([]);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${device}.png`, fullPage: true });
  }
  await page.setViewportSize(DESKTOP);
}
