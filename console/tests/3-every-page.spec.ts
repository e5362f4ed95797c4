/** What every page owes everybody: to be read by machines, used by keyboard, shown on a phone, quickly. */
import { expect, expectAccessible, test } from "./console.ts";

const PAGES = ["studio", "live", "jobs", "sessions", "usage", "keys", "workers", "settings"];
const MOST_SCRIPT_BYTES = 200_000; // of the first page, as sent
const SHOTS = process.env.SCREENSHOTS;

for (const scheme of ["light", "dark"] as const)
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test("sign-in is accessible", async ({ page }) => {
      await page.goto("/sign-in");
      await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
      await expectAccessible(page, "/sign-in");
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/sign-in-${scheme}.png` });
    });

    test("every page is accessible", async ({ signedIn: page }) => {
      for (const name of PAGES) {
        await page.goto(`/${name}`);
        await expect(page.locator("h1")).toBeVisible();
        await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
        await expectAccessible(page, `/${name}`);
        if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${scheme}.png` });
      }
    });

    test("dialogs are accessible", async ({ signedIn: page }) => {
      await page.goto("/keys");
      await page.getByRole("button", { name: "Make a key" }).click();
      await expectAccessible(page, "making a key");
      await page.keyboard.press("Escape");
      await page.goto("/jobs");
      await page.locator("tbody .row-button").first().click();
      await expect(page.getByRole("dialog").locator(".facts")).toBeVisible();
      await expectAccessible(page, "a job");
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/job-${scheme}.png` });
    });
  });

test("the player is accessible", async ({ page }) => {
  await page.goto("/watch/ses_00000000000000000000?share=nothing");
  await expect(page.getByRole("status")).toBeVisible();
  await expectAccessible(page, "/watch");
});

test("everything can be reached by keyboard", async ({ signedIn: page }) => {
  await page.goto("/keys");
  await expect(page.getByRole("button", { name: "Make a key" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Make a key" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Make a key" })).toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("no page is wider than the screen", async ({ signedIn: page }) => {
    for (const name of PAGES) {
      await page.goto(`/${name}`);
      await expect(page.locator("h1")).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, `/${name}`).toBeLessThanOrEqual(390);
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-phone.png`, fullPage: true });
    }
  });

  test("the menu opens and leads on", async ({ signedIn: page }) => {
    await page.goto("/studio");
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Usage" }).click();
    await expect(page.getByRole("heading", { name: "Usage" })).toBeVisible();
    await expect(page.getByRole("dialog")).toBeHidden();
  });
});

test("the first page is light", async ({ page }) => {
  const sent: Record<string, number> = {};
  page.on("requestfinished", async (request) => {
    sent[new URL(request.url()).pathname] = (await request.sizes()).responseBodySize;
  });
  await page.goto("/sign-in", { waitUntil: "networkidle" });
  const scripts = Object.entries(sent).filter(([path]) => path.endsWith(".js"));
  const bytes = scripts.reduce((sum, [, size]) => sum + size, 0);
  expect(bytes, JSON.stringify(sent)).toBeGreaterThan(10_000);
  expect(bytes, JSON.stringify(sent)).toBeLessThan(MOST_SCRIPT_BYTES);
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let moved = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            moved += (entry as PerformanceEntry & { value: number }).value;
        }).observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(moved)));
      }),
  );
  expect(shift, "nothing jumps while it loads").toBeLessThan(0.1);
});

test("the theme is kept", async ({ signedIn: page }) => {
  await page.goto("/settings");
  await page.getByRole("button", { name: "Dark colours" }).click();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
