/** What a job says about the photo and the sound that were sent for it. */
import { readFileSync } from "node:fs";
import { env, expect, expectAccessible, test } from "./console.ts";

const SPOKEN = "Lying on its side.";

test("a job shows the warnings about its photo", async ({ withKey: page }) => {
  const authorization = { Authorization: `Bearer ${env("VISAVIS_API_KEY")}` };
  const answer = await page.request.post("/v1/tts/generate-video", {
    headers: authorization,
    multipart: {
      text: SPOKEN,
      image: { name: "lying.png", mimeType: "image/png", buffer: readFileSync(env("LYING_FILE")) },
    },
  });
  const { job_id: jobId } = await answer.json();
  await page.goto("/jobs");
  await page.getByRole("searchbox").fill(SPOKEN);
  await page.locator("tbody .row-button").first().click();
  const sheet = page.getByRole("dialog");
  await expect(sheet).toContainText(jobId);
  await expect(sheet.locator("video")).toBeVisible({ timeout: 90_000 });
  await expect(sheet.getByRole("status")).toContainText(["The photo does not stand upright"]);
  await expectAccessible(page, "a job with warnings");
});

test.describe("in German", () => {
  test.use({ locale: "de-DE" });

  test("what the server says about a photo is said in the language of the page", async ({
    withKey: page,
  }) => {
    const turned = "Das Foto steht nicht aufrecht. Es wurde um eine Vierteldrehung nach rechts gedreht.";
    await page.goto("/studio");
    await page.getByLabel("Foto", { exact: true }).setInputFiles(env("LYING_FILE"));
    await expect(page.getByText(turned)).toBeVisible();
    await page.goto("/jobs");
    await page.getByRole("searchbox").fill(SPOKEN);
    await page.locator("tbody .row-button").first().click();
    await expect(page.getByRole("dialog").getByRole("status")).toContainText([turned]);
  });
});
