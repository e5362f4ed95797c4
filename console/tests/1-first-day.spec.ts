/** What a newcomer does on the first day: arrives by the printed link, makes a key, a video, looks back. */
import { EMAIL, env, expect, PASSWORD, test } from "./console.ts";

test.describe.configure({ mode: "serial" });

test("the printed link makes the first account", async ({ page }) => {
  await page.goto(env("VISAVIS_LINK"));
  await expect(page.getByRole("heading", { name: "Welcome" })).toBeVisible();
  expect(new URL(page.url()).hash, "the link's secret leaves the address bar").toBe("");
  await page.getByLabel("E-mail address").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create my account" }).click();
  await expect(page.getByRole("heading", { name: "Studio" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto("/studio");
  await page.goto(env("VISAVIS_LINK"));
  await expect(page.getByText("This link does not work")).toBeVisible();
});

test("signing in brings one to the page one asked for", async ({ page }) => {
  await page.goto("/keys");
  await page.getByLabel("E-mail address").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("wrong");
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Keys", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto("/keys");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("a key is made, used, and revoked", async ({ signedIn: page }) => {
  await page.goto("/keys");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Web shop");
  await page.getByRole("spinbutton", { name: "Requests a minute" }).fill("77");
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByText("Shown this once")).toBeVisible();
  await page.getByRole("button", { name: "Copy the key" }).click();
  const key = await page.evaluate(() => navigator.clipboard.readText());
  const headers = { Authorization: `Bearer ${key}` };
  const me = await (await page.request.get("/v1/me", { headers })).json();
  expect([me.name, me.rate_limit.requests_per_minute]).toEqual(["Web shop", 77]);
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Revoke Web shop" }).click();
  await page.getByRole("button", { name: "Revoke the key" }).click();
  await expect(page.getByRole("row", { name: /Web shop/ })).toContainText("revoked");
  expect((await page.request.get("/v1/me", { headers })).status()).toBe(403);
});

test("a photo and a text become a video", async ({ signedIn: page }) => {
  await page.goto("/studio");
  await page.getByLabel("Photo", { exact: true }).setInputFiles(env("PHOTO_FILE"));
  await page.getByRole("textbox", { name: "Text" }).fill("Good morning!");
  await page.getByRole("button", { name: "Make the video" }).click();
  const video = page.getByLabel("Your video");
  await expect(video).toBeVisible({ timeout: 90_000 });
  await expect.poll(() => video.evaluate((shown: HTMLVideoElement) => shown.duration)).toBeGreaterThan(0.5);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^visavis-[0-9a-f]{12}\.mp4$/);
});

test("a recording becomes a video of the portrait", async ({ signedIn: page }) => {
  await page.goto("/studio");
  await page.getByRole("tab", { name: "Record" }).click();
  await page.getByRole("button", { name: "Start recording" }).click();
  await expect(page.getByRole("timer")).toHaveText("0:01");
  await page.getByRole("button", { name: "Stop recording" }).click();
  await expect(page.getByText("Your recording")).toBeVisible();
  await page.getByRole("button", { name: "Make the video" }).click();
  await expect(page.getByLabel("Your video")).toBeVisible({ timeout: 90_000 });
});

test("a photo without a face is refused in words", async ({ signedIn: page }) => {
  await page.goto("/studio");
  const empty = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 256, height: 256 });
    canvas.getContext("2d")?.fillRect(0, 0, 256, 256);
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  });
  await page
    .getByLabel("Photo", { exact: true })
    .setInputFiles({ name: "black.png", mimeType: "image/png", buffer: Buffer.from(empty, "base64") });
  await page.getByRole("button", { name: "Make the video" }).click();
  await expect(page.getByRole("alert")).toContainText("face");
});

test("what was made is found, opened and counted", async ({ signedIn: page }) => {
  await page.goto("/jobs");
  await page.getByRole("searchbox").fill("good morning");
  await expect(page.getByText("1 found")).toBeVisible();
  await page.locator("tbody .row-button").first().click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.locator("video")).toBeVisible();
  await expect(sheet).toContainText("Good morning!");
  await expect(sheet.getByRole("link", { name: "Download" })).toHaveAttribute("href", /^http/);
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await page.getByRole("combobox", { name: "State" }).selectOption("failed");
  await expect(page.getByText("Nothing found")).toBeVisible();

  await page.goto("/usage");
  await expect(page.locator("canvas").first()).toBeVisible();
  await expect(page.getByRole("row", { name: /Console/ })).toContainText("$");
});

test("workers and settings are shown", async ({ signedIn: page }) => {
  await page.goto("/workers");
  await expect(page.getByText("alive")).toBeVisible();
  await page.goto("/settings");
  await page.getByRole("searchbox").fill("requests_per_minute");
  await expect(page.getByRole("row", { name: /VISAVIS_REQUESTS_PER_MINUTE/ })).toContainText("1000");
});

test("a key signs in to its own work alone", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByRole("tab", { name: "API key" }).click();
  await page.getByRole("textbox", { name: "API key" }).fill(env("VISAVIS_KEY"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Studio" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Workers" })).toHaveCount(0);
  await page.goto("/jobs");
  await expect(page.getByText("No jobs yet")).toBeVisible();
});
