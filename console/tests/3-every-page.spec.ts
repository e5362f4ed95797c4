/** What holds for every page: accessibility, keyboard, phones, errors and size. */
import type { Request } from "@playwright/test";
import { cutOff, expect, expectAccessible, PAGES, test } from "./console.ts";

const MAX_SCRIPT_BYTES = 200_000; // of the first page, as sent

for (const scheme of ["light", "dark"] as const)
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test("sign-in is accessible", async ({ page }) => {
      await page.goto("/sign-in");
      await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
      await expectAccessible(page, "/sign-in");
    });

    test("every page is accessible", async ({ signedIn: page }) => {
      for (const name of PAGES) {
        expect((await page.goto(`/${name}`))?.status(), name).toBe(200);
        await expect(page.locator("h1")).toBeVisible();
        await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
        await expectAccessible(page, `/${name}`);
      }
    });

    test("dialogs are accessible", async ({ signedIn: page }) => {
      await page.goto("/keys");
      await page.getByRole("button", { name: "Create key" }).click();
      await expectAccessible(page, "creating a key");
      await page.keyboard.press("Escape");
      await page.goto("/jobs");
      await page.locator("tbody .row-button").first().click();
      await expect(page.getByRole("dialog").locator(".details")).toBeVisible();
      await expectAccessible(page, "a job");
    });
  });

test("the player is accessible", async ({ page }) => {
  await page.goto("/watch/ses_00000000000000000000?share=nothing");
  await expect(page.getByRole("status")).toBeVisible();
  await expectAccessible(page, "/watch");
});

test("the keyboard reaches every control", async ({ signedIn: page }) => {
  await page.goto("/keys");
  await expect(page.getByRole("button", { name: "Create key" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Create key" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Create key" })).toBeFocused();
});

const SIZES = [
  { width: 390, height: 844 }, // a phone
  { width: 640, height: 430 }, // a small laptop at 200 %
  { width: 320, height: 640 }, // what WCAG asks for
];

test("no page is cut off, on a phone and at 200 %", async ({ signedIn: page }) => {
  for (const name of [...PAGES, "nowhere"]) {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`/${name}`);
    await expect(page.locator("h1")).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await expect.poll(() => cutOff(page), { message: `/${name} at ${size.width} px` }).toEqual([]);
    }
  }
});

test("the picture of a live session stands under the title", async ({ signedIn: page }) => {
  await page.goto("/live");
  const leftOf = (part: string) => page.locator(part).evaluate((each) => each.getBoundingClientRect().left);
  for (const height of [700, 900]) {
    await page.setViewportSize({ width: 1440, height });
    await expect(page.locator(".live-stage img")).toBeVisible();
    expect(await leftOf(".live-stage"), `in ${height} px`).toBe(await leftOf("h1"));
  }
});

test.describe("when the server fails", () => {
  test.use({ brokenOnPurpose: /net::ERR_INTERNET_DISCONNECTED|status of 500/ });
  const BROKEN = { error: "internal_error", message: "Something went wrong on the server." };

  test("each page shows the error and can retry", async ({ signedIn: page }) => {
    for (const [name, path] of [
      ["jobs", "jobs?*"],
      ["sessions", "sessions?*"],
      ["usage", "usage?*"],
      ["payments", "payments?*"],
      ["keys", "keys"],
      ["workers", "workers"],
      ["settings", "settings"],
      ["studio", "default-face"],
      ["live", "default-face"],
    ]) {
      const api = `**/console/api/${path}`;
      await page.route(api, (route) => route.fulfill({ status: 500, json: BROKEN }));
      await page.goto(`/${name}`);
      const failure = page.getByRole("alert");
      await expect(failure, name).toContainText(BROKEN.message);
      await expect(page.locator("[aria-busy=true]"), name).toHaveCount(0);
      await page.unroute(api);
      await failure.getByRole("button", { name: "Retry" }).click();
      await expect(failure, name).toHaveCount(0);
    }
  });

  test("an unreachable server shows a warning and the old data", async ({ signedIn: page }) => {
    await page.goto("/jobs");
    await expect(page.getByRole("table")).toBeVisible();
    await page.context().setOffline(true);
    await expect(page.getByText("This data is out of date")).toBeVisible();
    await expect(page.getByRole("table")).toBeVisible();
    await expectAccessible(page, "a page that is not up to date");
    await page.getByRole("link", { name: "Workers" }).click();
    await expect(page.getByRole("alert")).toContainText("Could not load this page");
    await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
    await expectAccessible(page, "a page that cannot be loaded");
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Retry" }).click();
    await expect(page.getByText("Online")).toBeVisible();
  });

  test("a console that cannot start shows an error", async ({ signedIn: page }) => {
    const api = "**/console/api/session";
    await page.route(api, (route) => route.fulfill({ status: 500, json: BROKEN }));
    await page.goto("/jobs");
    await expect(page.getByRole("alert")).toContainText("Could not start the console");
    await expectAccessible(page, "a console that cannot start");
    await page.unroute(api);
    await page.getByRole("button", { name: "Retry" }).click();
    await expect(page.getByRole("heading", { name: "Jobs", exact: true })).toBeVisible();
  });
});

test("an unknown address shows a not-found page", async ({ page, cookies }) => {
  for (const signIn of [false, true]) {
    if (signIn) await page.context().addCookies(cookies);
    const answer = await page.goto("/no/such/page");
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
    await expect(page.getByRole("navigation", { name: "Main navigation" })).toHaveCount(signIn ? 1 : 0);
    await expectAccessible(page, "an unknown address");
  }
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("the menu opens and navigates", async ({ signedIn: page }) => {
    await page.goto("/studio");
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Usage" }).click();
    await expect(page.getByRole("heading", { name: "Usage" })).toBeVisible();
    await expect(page.getByRole("dialog")).toBeHidden();
  });
});

test("the first page is light", async ({ page }) => {
  const finished: Request[] = [];
  page.on("requestfinished", (request) => finished.push(request));
  await page.goto("/sign-in", { waitUntil: "networkidle" });
  const sent: Record<string, number> = {};
  for (const request of finished)
    sent[new URL(request.url()).pathname] = (await request.sizes()).responseBodySize;
  const scripts = Object.entries(sent).filter(([path]) => path.endsWith(".js"));
  const bytes = scripts.reduce((sum, [, size]) => sum + size, 0);
  expect(bytes, JSON.stringify(sent)).toBeGreaterThan(10_000);
  expect(bytes, JSON.stringify(sent)).toBeLessThan(MAX_SCRIPT_BYTES);
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
  await page.getByRole("button", { name: "Dark theme" }).click();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
