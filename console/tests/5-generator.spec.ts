/** What makes the pictures of an account. */
import { expect, expectAccessible, test } from "./console.ts";

const SETTINGS = "**/api/v1/avatars/settings";

test("an account chooses what makes its pictures", async ({ signedIn: page }) => {
  await page.goto("/create");
  await expect(page.getByLabel("Description")).toBeVisible();
  const choice = page.getByLabel("Image generator");
  // What the server answers when it has an image service; all else is its own.
  await page.route(SETTINGS, async (route) => {
    const answer = await route.fetch();
    const json = await answer.json();
    await route.fulfill({ response: answer, json: answer.ok() ? { ...json, may_choose: true } : json });
  });
  await page.reload();
  await expect(choice).toHaveValue("");
  await choice.selectOption("Built-in painter");
  await expect(page.getByText("stay on this server")).toBeVisible();
  await expect(choice).toBeEnabled();
  await page.reload();
  await expect(choice, "it is kept by the server").toHaveValue("painter");
  await expectAccessible(page, "/create with a choice");
  await choice.selectOption("Image service");
  await expect(page.getByRole("alert"), "it has none").toContainText("no image service");
  await expect(choice).toHaveValue("painter");
  await choice.selectOption("Default of the server");
  await expect(choice).toBeEnabled();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.unroute(SETTINGS);
  await page.reload();
  await expect(page.getByLabel("Description")).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await expect(choice, "there is nothing to choose").toHaveCount(0);
});
