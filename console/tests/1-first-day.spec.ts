/** The first day of a new user: the printed link, a key, a video, and the lists. */
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { EMAIL, env, expect, expectAccessible, PASSWORD, test } from "./console.ts";

test.describe.configure({ mode: "serial" });

test("the printed link creates the first account", async ({ page }) => {
  await page.goto(env("VISAVIS_LINK"));
  await expect(page.getByRole("heading", { name: "Welcome" })).toBeVisible();
  expect(new URL(page.url()).hash, "the link's secret leaves the address bar").toBe("");
  await page.getByLabel("Email address").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Studio" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto("/studio");
  await page.goto(env("VISAVIS_LINK"));
  await expect(page.getByText("This sign-in link does not work")).toBeVisible();
});

test("sign-in leads to the requested page", async ({ page }) => {
  await page.goto("/keys");
  await page.getByLabel("Email address").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("wrong");
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "API keys", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto("/keys");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("a key is created, used, and revoked", async ({ signedIn: page }) => {
  await page.goto("/keys");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Web shop");
  await page.getByRole("spinbutton", { name: "Requests per minute" }).fill("77");
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await expect(page.getByText("Copy this key now")).toBeVisible();
  await page.getByRole("button", { name: "Copy API key" }).click();
  const key = await page.evaluate(() => navigator.clipboard.readText());
  const headers = { Authorization: `Bearer ${key}` };
  const me = await (await page.request.get("/v1/me", { headers })).json();
  expect([me.name, me.rate_limit.requests_per_minute]).toEqual(["Web shop", 77]);
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Revoke Web shop" }).click();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await expect(page.getByRole("row", { name: /Web shop/ })).toContainText("Revoked");
  expect((await page.request.get("/v1/me", { headers })).status()).toBe(403);
});

test("an operator invites a user, who chooses a password", async ({ signedIn: page, browser }) => {
  await page.goto("/users");
  await expect(page.getByRole("row", { name: new RegExp(EMAIL) })).toContainText("Operator");
  await page.getByRole("button", { name: "Invite user" }).click();
  await page.getByLabel("Email address").fill("ida@example.com");
  await expectAccessible(page, "inviting a user");
  await page.getByRole("button", { name: "Create link" }).click();
  await expect(page.getByText("Copy this link now")).toBeVisible();
  await expect(page.getByText("VISAVIS_PUBLIC_URL"), "it leads to 127.0.0.1").toBeVisible();
  const link = await page.getByRole("dialog").locator("code").last().innerText();
  await page.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row", { name: /ida@example.com/ });
  await expect(row).toContainText("Invited");

  const context = await browser.newContext();
  const invited = await context.newPage();
  await invited.goto(link);
  await expect(invited.getByLabel("Email address")).toHaveValue("ida@example.com");
  await invited.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await invited.getByRole("button", { name: "Create account" }).click();
  await expect(invited.getByRole("heading", { name: "Studio" })).toBeVisible();
  await expect(invited.getByRole("link", { name: "Users" })).toHaveCount(0);
  await context.close();
  await page.reload();
  await expect(row).toContainText("Active");

  const role = page.getByLabel("Role of ida@example.com");
  await role.selectOption("Operator");
  await expect(role).toBeEnabled();
  await page.reload();
  await expect(role).toHaveValue("operator");
  await page.getByRole("button", { name: "Remove ida@example.com" }).click();
  await expectAccessible(page, "removing a user");
  await page.getByRole("button", { name: "Remove user" }).click();
  await expect(row).toHaveCount(0);
  await expect(
    page.getByRole("row", { name: new RegExp(EMAIL) }),
    "nobody removes themselves",
  ).not.toContainText("Remove");
});

test("a photo and a text make a video", async ({ signedIn: page }) => {
  await page.goto("/studio");
  await page.getByLabel("Photo", { exact: true }).setInputFiles(env("PHOTO_FILE"));
  await page.getByRole("textbox", { name: "Text" }).fill("Good day!");
  await page.getByRole("button", { name: "Listen" }).click();
  await expect(page.getByRole("button", { name: "Stop" }), "the voice is heard").toBeVisible();
  await page.getByRole("textbox", { name: "Text" }).fill("Good morning!");
  await page.getByText("Options", { exact: true }).click();
  await page.getByLabel("Captions").selectOption("As files");
  await page.getByLabel("Size", { exact: true }).selectOption("256 × 256");
  await page.getByLabel("Background", { exact: true }).selectOption("Colour");
  await page.getByLabel("Background colour").fill("#00aa00");
  await page.getByLabel("Emotion").selectOption("Happy");
  await expect(page.getByText("4 changed")).toBeVisible();
  await page.getByRole("button", { name: "Create video" }).click();
  const video = page.getByLabel("Your video");
  await expect(video).toBeVisible({ timeout: 90_000 });
  await expect.poll(() => video.evaluate((shown: HTMLVideoElement) => shown.duration)).toBeGreaterThan(0.5);
  expect(await video.evaluate((shown: HTMLVideoElement) => shown.videoWidth)).toBe(256);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download", exact: true }).click(),
  ]);
  const captions = await page.getByRole("link", { name: "Download VTT" }).getAttribute("href");
  expect(await (await page.request.get(captions ?? "")).text()).toContain("Good morning!");
  await expect(page.getByRole("link", { name: /^Good morning!/ }).locator("video")).toBeVisible();
  expect(download.suggestedFilename()).toMatch(/^visavis-[0-9a-f]{12}\.mp4$/);

  // The next photo is shown at once, in place of the video of the last one.
  const still = page.locator(".stage img");
  await page.getByLabel("Photo", { exact: true }).setInputFiles(env("PORTRAIT_FILE"));
  await expect(still).toBeVisible();
  await expect(video).toBeHidden();
  const width = await still.evaluate((shown: HTMLImageElement) =>
    shown.decode().then(() => shown.naturalWidth),
  );
  expect(width).toBe(
    await page.locator(".face-picture img").evaluate((shown: HTMLImageElement) => shown.naturalWidth),
  );
});

for (const kind of ["audio/webm", "audio/mp4"]) // the latter is what Safari records
  test(`a recording as ${kind} makes a video of the portrait`, async ({ signedIn: page }) => {
    await page.addInitScript((mimeType) => {
      const Original = window.MediaRecorder;
      window.MediaRecorder = class extends Original {
        constructor(stream: MediaStream) {
          super(stream, { mimeType });
        }
      };
    }, kind);
    await page.goto("/studio");
    await page.getByRole("tab", { name: "Record" }).click();
    await page.getByRole("button", { name: "Start recording" }).click();
    await expect(page.getByRole("timer")).toHaveText("0:01");
    await page.getByRole("button", { name: "Stop recording" }).click();
    await expect(page.getByText("Your recording")).toBeVisible();
    const heard = page.locator(".audio-preview audio");
    await expect(heard).toBeVisible();
    const recorded = await heard.evaluate(async (sound: HTMLAudioElement) =>
      (await fetch(sound.src)).blob().then(({ type }) => type),
    );
    expect(recorded).toContain(kind);
    await page.getByRole("button", { name: "Create video" }).click();
    await expect(page.getByLabel("Your video")).toBeVisible({ timeout: 90_000 });
  });

test("a photo without a face is rejected with the reason", async ({ signedIn: page }) => {
  await page.goto("/studio");
  const empty = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 256, height: 256 });
    canvas.getContext("2d")?.fillRect(0, 0, 256, 256);
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  });
  await page
    .getByLabel("Photo", { exact: true })
    .setInputFiles({ name: "black.png", mimeType: "image/png", buffer: Buffer.from(empty, "base64") });
  await expect(page.getByRole("alert")).toContainText("No face was found");
  await expect(page.getByRole("button", { name: "Create video" })).toBeDisabled();
  await page.getByLabel("Photo", { exact: true }).setInputFiles(env("PORTRAIT_FILE"));
  await expect(page.getByText("Face found")).toBeVisible();
  await expect(page.locator(".face-outline polygon")).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Create video" })).toBeEnabled();
  await page.getByLabel("Photo", { exact: true }).setInputFiles(env("SPEECH_FILE"));
  await expect(page.getByRole("alert")).toContainText("This file is a WAV file");
  await expect(page.getByText("Face found"), "the photo before stays").toBeVisible();
});

/** A WAV file of 16-bit sound, one channel. */
function wav(samples: Buffer, rateHz = 16_000): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(2 * rateHz, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

test("audio files are checked when they are chosen", async ({ signedIn: page }, testInfo) => {
  await page.goto("/studio");
  await page.getByRole("tab", { name: "Audio" }).click();
  const panel = page.getByRole("tabpanel");
  const choose = (name: string, buffer: Buffer) =>
    panel.getByLabel("Audio file").setInputFiles({ name, mimeType: "audio/wav", buffer });
  const refused: readonly [string, Buffer, string][] = [
    ["holiday.wav", readFileSync(env("PHOTO_FILE")), "This file is a PNG image, not audio."],
    ["notes.wav", Buffer.from("nothing that sounds"), "no audio that can be read"],
    ["empty.wav", Buffer.alloc(0), "This file is empty."],
    ["broken.wav", wav(Buffer.alloc(64)).fill(255, 16), "audio"],
  ];
  for (const [name, content, words] of refused) {
    await choose(name, content);
    await expect(panel.getByRole("alert")).toContainText(`Cannot use ${name}`);
    await expect(panel.getByRole("alert")).toContainText(words);
    await expect(panel.locator("audio")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Create video" })).toBeDisabled();
  }
  const large = testInfo.outputPath("large.wav");
  writeFileSync(large, wav(Buffer.alloc(64)));
  truncateSync(large, 51 * 1024 * 1024);
  await panel.getByLabel("Audio file").setInputFiles(large);
  await expect(panel.getByRole("alert")).toContainText("too large");
  rmSync(large);

  await choose("silence.wav", wav(Buffer.alloc(32_000)));
  await expect(panel.getByText("This audio is silent")).toBeVisible();
  await panel.getByLabel("Audio file").setInputFiles(env("ADPCM_FILE"));
  await expect(
    panel.getByText("This browser cannot play the file, but the server can read it."),
  ).toBeVisible();
  await expect(panel.locator("audio")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Create video" })).toBeEnabled();
  await panel.getByLabel("Audio file").setInputFiles(env("SPEECH_FILE"));
  await expect(panel.locator("audio")).toBeVisible();

  await page.getByRole("tab", { name: "Text" }).click();
  await page.getByRole("textbox", { name: "Text" }).fill("long ".repeat(1001));
  await expect(page.getByText("the text is too long")).toBeVisible();
  await expect(page.getByRole("button", { name: "Create video" })).toBeDisabled();
});

test("the draft survives other pages and a reload, and is deleted with its account", async ({
  withKey: page,
}) => {
  const photo = page.getByAltText("Your photo, photo.png");
  const text = page.getByRole("textbox", { name: "Text" });
  await page.goto("/studio");
  await page.getByLabel("Photo", { exact: true }).setInputFiles(env("PHOTO_FILE"));
  await text.fill("Not yet finished");
  await page.getByLabel("Language").selectOption("de");
  await page.getByText("Options", { exact: true }).click();
  await page.getByLabel("Captions").selectOption("In the picture");
  await page.getByLabel("Liveliness").fill("1.5");
  await page.getByRole("tab", { name: "Audio" }).click();
  await page.getByLabel("Audio file").setInputFiles(env("SPEECH_FILE"));
  await expect(page.locator(".audio-preview audio")).toBeVisible();

  const expectKept = async () => {
    await expect(photo).toBeVisible();
    await expect(page.getByText("speech.wav")).toBeVisible();
    await expect(page.getByLabel("Captions")).toHaveValue("burned");
    await expect(page.getByLabel("Liveliness")).toHaveValue("1.5");
    await page.getByRole("tab", { name: "Text" }).click();
    await expect(text).toHaveValue("Not yet finished");
    await expect(page.getByLabel("Language")).toHaveValue("de");
    await page.getByRole("tab", { name: "Audio" }).click();
  };
  await page.getByRole("link", { name: "Jobs" }).click();
  await expect(page.getByRole("heading", { name: "Jobs", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Studio" }).click();
  await expectKept();
  await page.reload();
  await expectKept();

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  const left = await page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open("visavis");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const counting = opening.result.transaction("drafts").objectStore("drafts").count();
          counting.onsuccess = () => resolve(counting.result);
        };
      }),
  );
  expect(left, "nothing is left on the disk").toBe(0);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 664 }, hasTouch: true });

  test("the result scrolls into view, and plays only there", async ({ signedIn: page }) => {
    await page.goto("/studio");
    await page.getByRole("textbox", { name: "Text" }).fill("Good evening from a telephone. ".repeat(4)); // not over before anybody looks
    await page.getByRole("button", { name: "Create video" }).click();
    await expect(page.locator(".stage-progress")).toBeInViewport();
    await page.evaluate(() => window.scrollTo(0, 0));
    const video = page.getByLabel("Your video");
    await expect(video).toBeInViewport({ ratio: 0.5, timeout: 90_000 });
    const isPaused = () => video.evaluate((shown: HTMLVideoElement) => shown.paused);
    await expect.poll(isPaused, { message: "it plays where it is seen" }).toBe(false);
    await video.evaluate((shown: HTMLVideoElement) => {
      shown.loop = true;
    });
    await page.evaluate(() => window.scrollTo(0, 0));
    await expect(video).not.toBeInViewport();
    await expect.poll(isPaused, { message: "and not where it is not" }).toBe(true);
  });
});

test("a job can be searched and opened, and is in the usage", async ({ signedIn: page }) => {
  await page.goto("/jobs");
  await page.getByRole("searchbox").fill("good morning");
  await expect(page.getByText("1 result")).toBeVisible();
  await expect(page.locator("tbody tr").first(), "a row says that it opens").toHaveCSS("cursor", "pointer");
  await page.locator("tbody .row-button").first().click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.locator("video")).toBeVisible();
  await expect(sheet).toContainText("Good morning!");
  await expect(sheet.getByRole("link", { name: "Download", exact: true })).toHaveAttribute("href", /^http/);
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await page.getByRole("combobox", { name: "Status" }).selectOption("failed");
  await expect(page.getByText("No results")).toBeVisible();

  await page.goto("/usage");
  await expect(page.locator("canvas").first()).toBeVisible();
  await expect(page.getByRole("row", { name: /Console/ })).toBeVisible();
  await expect(page.locator(".plot").first(), "parts of a minute are seconds").toContainText(/[1-9]\d* s/);
  expect(await page.locator("main").innerText(), "nothing is billed here").not.toContain("$");
});

test("prices and costs are shown where usage is billed", async ({ signedIn: page }) => {
  await page.route("**/console/api/session", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), is_billed: true } });
  });
  await page.goto("/usage");
  await expect(page.getByRole("row", { name: /Console/ })).toContainText("$");
  await expect(page.getByText("Price per hour")).toBeVisible();
  await page.goto("/keys");
  await expect(page.getByRole("row", { name: /Console/ }).first()).toContainText("$");
});

test("workers and settings are listed", async ({ signedIn: page }) => {
  await page.goto("/workers");
  await expect(page.getByText("Online")).toBeVisible();
  await page.goto("/settings");
  await page.getByRole("searchbox").fill("requests_per_minute");
  await expect(page.getByRole("row", { name: /VISAVIS_REQUESTS_PER_MINUTE/ })).toContainText("1000");
});

test("signing in with a key shows only its own work", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByRole("tab", { name: "API key" }).click();
  await page.getByRole("textbox", { name: "API key" }).fill(env("VISAVIS_API_KEY"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Studio" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Workers" })).toHaveCount(0);
  await page.goto("/jobs");
  await expect(page.getByText("No jobs yet")).toBeVisible();
});
