/** Pictures of every page, for people to look at: `npm run screenshots -w console`. */
import { AVATAR, env, expect, PAGES, type Page, test } from "./console.ts";

const FOLDER = process.env.SCREENSHOTS;
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 900 },
  { width: 390, height: 844 },
];
const TIMEOUT_MS = 400_000;

test.skip(!FOLDER, "only on request");

for (const scheme of ["light", "dark"] as const)
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    /** Pictures of a page as it is now, in three widths; of dialogs only what is seen. */
    async function shoot(page: Page, name: string, isDialog = false): Promise<void> {
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await page.screenshot({
          path: `${FOLDER}/${name}-${size.width}-${scheme}.png`,
          fullPage: !isDialog,
        });
      }
      await page.setViewportSize(SIZES[0] ?? { width: 1440, height: 900 });
    }

    test("screenshots of every page", async ({ signedIn: page }) => {
      test.setTimeout(TIMEOUT_MS);
      for (const name of [...PAGES, "no-such-page"]) {
        await page.goto(`/${name}`);
        await expect(page.locator("h1")).toBeVisible();
        await shoot(page, name);
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
        await shoot(page, name);
      }
    });

    test("screenshots of what opens on pages", async ({ signedIn: page }) => {
      test.setTimeout(TIMEOUT_MS);
      await page.goto("/studio");
      await page.getByText("Options", { exact: true }).click();
      await shoot(page, "studio-options");
      await page.goto("/jobs");
      await page.locator("tbody .row-button").first().click();
      await expect(page.getByRole("dialog").locator(".details")).toBeVisible();
      await shoot(page, "job", true);
      await page.goto("/keys");
      await page.getByRole("button", { name: "Create key" }).click();
      await shoot(page, "key", true);
      await page.goto("/users");
      await page.getByRole("button", { name: "Invite user" }).click();
      await page.getByLabel("Email address").fill(`${scheme}@example.com`);
      await shoot(page, "user", true);
      await page.getByRole("button", { name: "Create link" }).click();
      await expect(page.getByText("Copy this link now")).toBeVisible();
      await shoot(page, "user-link", true);
    });

    test("screenshots of a live session", async ({ signedIn: page }) => {
      test.setTimeout(TIMEOUT_MS);
      await page.goto("/live");
      await page.getByRole("button", { name: "Start session" }).click();
      await expect(page.locator(AVATAR)).toBeVisible();
      await page.getByText("Microphone and speaker").click();
      await page.getByRole("button", { name: "Captions" }).click();
      await page.getByLabel("Text to speak").fill("A caption shows what the avatar says. ".repeat(6));
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Record", exact: true }).click();
      await expect(page.locator(".live-captions")).toBeVisible();
      await expect(page.getByText(/^Connection: (good|fair|poor), \d+ ms$/)).toBeVisible();
      await shoot(page, "live-running");
      await page.getByRole("link", { name: "Jobs" }).click();
      await expect(page.getByRole("table")).toBeVisible();
      await shoot(page, "live-docked", true);
      await page.getByRole("button", { name: "End" }).click();
      await page.getByRole("link", { name: "Live" }).click();
      await expect(page.getByText("Session ended")).toBeVisible();
      await shoot(page, "live-ended");
    });
  });
