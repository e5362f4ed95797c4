/** Pictures of every page, for people to look at: `npm run screenshots -w console`. */
import { env, expect, PAGES, test } from "./console.ts";

const FOLDER = process.env.SCREENSHOTS;
const WIDTHS = [1440, 1024, 390];

test.skip(!FOLDER, "only on request");

for (const scheme of ["light", "dark"] as const)
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test("screenshots of every page", async ({ signedIn: page }) => {
      test.setTimeout(400_000);
      for (const name of [...PAGES, "no-such-page"]) {
        await page.goto(`/${name}`);
        await expect(page.locator("h1")).toBeVisible();
        await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: width > 500 ? 900 : 844 });
          await page.screenshot({ path: `${FOLDER}/${name}-${width}-${scheme}.png`, fullPage: true });
        }
      }
    });

    test("screenshots of pages without a sign-in", async ({ page }) => {
      for (const [name, path] of [
        ["sign-in", "/sign-in"],
        ["sign-in-link", new URL(env("VISAVIS_LINK")).pathname + new URL(env("VISAVIS_LINK")).hash],
        ["invitation", "/invitation#unknown"],
        ["player", "/watch/ses_00000000000000000000?share=nothing"],
      ] as const) {
        await page.goto(path);
        await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: width > 500 ? 900 : 844 });
          await page.screenshot({ path: `${FOLDER}/${name}-${width}-${scheme}.png`, fullPage: true });
        }
      }
    });
  });
