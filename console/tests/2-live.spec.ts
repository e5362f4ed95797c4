/** A live session in a real browser with microphone audio, judged by the pixels. */
import {
  AVATAR,
  cutOff,
  distance,
  env,
  expect,
  expectAccessible,
  mean,
  mouthMotion,
  pixels,
  SHOTS,
  test,
  WHOLE,
} from "./console.ts";

test("a session from start to end: video, speech, another face, viewers", async ({
  signedIn: page,
  context,
}) => {
  test.slow(); // each look at a mouth is ninety frames long
  await page.goto("/live");
  await page.getByRole("button", { name: "Start session" }).click();
  await expect(page.locator(AVATAR)).toBeVisible();
  await expect
    .poll(async () => mean(await pixels(page, AVATAR, WHOLE)), { message: "a picture, not black" })
    .toBeGreaterThan(40);

  // The head moves by itself, now more, now less: the median of three looks.
  const looks = [await mouthMotion(page), await mouthMotion(page), await mouthMotion(page)];
  const still = looks.sort((one, other) => one - other)[1] ?? 0;
  let speaking = 0;
  // Who speaks to a muted microphone learns why the avatar is silent.
  const muted = page.getByText("Your microphone is muted.");
  await expect(muted).toBeVisible();
  await page.getByRole("button", { name: "Unmute" }).click();
  await expect(page.getByRole("button", { name: "Mute", exact: true })).toBeVisible();
  await expect(muted).toBeHidden();
  await expect
    .poll(async () => (speaking = await mouthMotion(page)), {
      message: "lips move by the microphone",
      timeout: 60_000,
    })
    .toBeGreaterThan(2 * still + 0.5);
  await page.getByRole("button", { name: "Mute", exact: true }).click();
  await expect
    .poll(() => mouthMotion(page), { message: "and rest without it", timeout: 60_000 })
    .toBeLessThan(speaking / 2);

  await page
    .getByLabel("Text to speak")
    .fill("Maybe a father, a baby and five very funny women. ".repeat(20)); // longer than anybody looks
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
  await expect
    .poll(() => mouthMotion(page), { message: "lips move by the text", timeout: 60_000 })
    .toBeGreaterThan(2 * still + 0.5);
  await page.getByRole("button", { name: "Stop" }).click();

  await expectAccessible(page, "a running session");

  const portrait = await pixels(page, AVATAR, WHOLE);
  await page.getByLabel("Photo", { exact: true }).setInputFiles(env("PHOTO_FILE"));
  await expect(page.getByText("Face changed")).toBeVisible();
  await expect
    .poll(async () => distance(await pixels(page, AVATAR, WHOLE), portrait), { message: "another face" })
    .toBeGreaterThan(15);

  await page.getByRole("button", { name: "Invite" }).click();
  const link = await page.getByRole("dialog").getByRole("link", { name: "Open link" }).getAttribute("href");
  await expect(
    page.getByRole("dialog").getByText("VISAVIS_PUBLIC_URL"),
    "it leads to 127.0.0.1",
  ).toBeVisible();
  await expectAccessible(page, "inviting viewers");
  expect(link).toMatch(/\/watch\/ses_\w+\?share=/);
  await page.getByRole("button", { name: "Done" }).click();
  const viewer = await context.newPage();
  await viewer.goto(link ?? "");
  await expect(viewer.locator("video")).toBeVisible();
  await expect
    .poll(async () => mean(await pixels(viewer, "video", WHOLE)), { message: "the viewer's picture" })
    .toBeGreaterThan(40);
  const ground = await viewer.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(ground, "transparent").toBe("rgba(0, 0, 0, 0)");
  const seen = await viewer.screenshot({
    omitBackground: true, // as in a browser source of a streaming program
    ...(SHOTS && { path: `${SHOTS}/view-page-desktop.png` }),
  });
  const corner = await viewer.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas?.drawImage(picture, 0, 0);
    return canvas?.getImageData(0, 0, 1, 1).data[3];
  }, seen.toString("base64"));
  expect(corner, "what is behind the page is seen beside the avatar").toBe(0);
  const sounds = () =>
    viewer.locator("audio").evaluateAll((all) => all.map((each) => (each as HTMLAudioElement).muted));
  await viewer.mouse.move(200, 200);
  await viewer.getByRole("button", { name: "Mute" }).click();
  expect(await sounds(), "the avatar's sound alone").toEqual([true]);
  await viewer.getByRole("button", { name: "Unmute" }).click();
  expect(await sounds()).toEqual([false]);
  await viewer.getByRole("button", { name: "Full screen" }).click();
  await viewer.getByRole("button", { name: "Exit full screen" }).click();
  await expect(viewer.getByRole("button", { name: "Full screen", exact: true })).toBeVisible();
  await expectAccessible(viewer, "the viewers' player");

  await page.getByText(/^Connection: (good|fair|poor), \d+ ms$/).click();
  await expect(page.locator(".plot canvas")).toHaveCount(3);
  await page.getByRole("button", { name: "End session" }).click();
  await expect(page.getByText("Session ended")).toBeVisible();
  await expect(viewer.getByText("This session has ended.")).toBeVisible();
  await viewer.close();

  await page.goto("/sessions");
  await page.locator("tbody .row-button").first().click();
  await expect(page.getByRole("dialog")).toContainText("Ended by request");
});

test("a session continues on other pages, and leaving asks first", async ({ withKey: page }) => {
  await page.goto("/live");
  await page.getByRole("button", { name: "Start session" }).click();
  await expect(page.locator(AVATAR)).toBeVisible();
  const playedS = () => page.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime);

  await page.getByRole("link", { name: "Sessions" }).click();
  const player = page.getByRole("complementary", { name: "Live session" });
  await expect(player.locator("video")).toBeVisible();
  await expect(page.getByRole("row", { name: /ses_/ }).first()).toContainText("Active");
  const before = await playedS();
  await expect.poll(playedS, { message: "its picture goes on" }).toBeGreaterThan(before + 0.2);
  await expect(player.getByRole("timer")).toHaveText(/\d:\d\d/);
  await expectAccessible(page, "the player at the edge");
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(player).toBeInViewport({ ratio: 1 });
  await expectAccessible(page, "the player on a phone");
  await page.setViewportSize({ width: 1360, height: 860 });

  // Closing, loading again, following a link out: the browser asks. Here somebody stays.
  const asked = page.waitForEvent("dialog");
  const leaving = page.getByRole("link", { name: "API documentation" }).click();
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await leaving;
  await expect(player.locator("video")).toBeVisible();

  await player.getByRole("link", { name: "Back to the live session" }).click();
  await expect(page.locator(AVATAR)).toBeVisible();
  await expect(page.getByRole("button", { name: "Invite" })).toBeVisible();

  await page.getByRole("link", { name: "Jobs" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Stay signed in" }).click();
  await expect(player.locator("video")).toBeVisible();
  await player.getByRole("button", { name: "End" }).click();
  await expect(page.getByText("Session ended.")).toBeVisible();
  await expect(player).toBeHidden();
  // Without a session nobody is asked.
  await page.reload();
  await page.getByRole("link", { name: "Sessions" }).click();
  await expect(page.getByRole("row", { name: /ses_/ }).first()).toContainText("Ended");
});

test("devices are chosen, push to talk opens the microphone, and captions are shown", async ({
  withKey: page,
}) => {
  await page.addInitScript(() => {
    const asked: string[] = [];
    Object.assign(window, { askedDevices: asked });
    const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (constraints) => {
      asked.push(JSON.stringify(constraints));
      return original(constraints);
    };
  });
  await page.goto("/live");
  await page.getByRole("button", { name: "Start session" }).click();
  await expect(page.locator(AVATAR)).toBeVisible();
  // Devices have names once the microphone was on.
  await page.getByRole("button", { name: "Unmute" }).click();
  await expect(page.getByRole("button", { name: "Mute", exact: true })).toBeVisible();
  await page.getByText("Microphone and speaker").click();
  const microphone = page.getByRole("combobox", { name: "Microphone" });
  await expect(microphone.locator("option").nth(1)).toHaveText(/Fake|Microphone/);
  const wanted = (await microphone.locator("option").nth(1).getAttribute("value")) ?? "";
  await microphone.selectOption(wanted);
  await page.getByRole("combobox", { name: "Speaker" }).selectOption({ index: 1 });
  await page.getByLabel("Push to talk").check();
  const level = page.getByLabel("Microphone level");
  const levelNow = () => level.evaluate((meter: HTMLMeterElement) => meter.value);
  const hold = page.getByRole("button", { name: "Hold to talk" });
  await expect(hold).toBeVisible();
  await expect.poll(levelNow, { message: "nothing is heard before" }).toBe(0);
  await page.getByRole("heading", { name: "Live" }).click();
  await page.keyboard.down("Space");
  await expect(page.getByRole("button", { name: "Talking…" })).toBeVisible();
  await expect.poll(levelNow, { message: "the microphone is on" }).toBeGreaterThan(0.2);
  const asked = await page.evaluate(
    () => (window as unknown as { askedDevices: string[] }).askedDevices.at(-1) ?? "",
  );
  expect(asked, "the chosen microphone was opened").toContain(wanted);
  await page.keyboard.up("Space");
  await expect.poll(levelNow, { message: "and off again" }).toBe(0);
  await expect(hold).toBeVisible();

  await page.getByRole("button", { name: "Captions" }).click();
  await page.getByLabel("Text to speak").fill("These words are shown.");
  await page.keyboard.press("Enter");
  await expect(page.locator(".live-captions")).toHaveText("These words are shown.");
  await expectAccessible(page, "push to talk and captions");
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await cutOff(page), "on a phone").toEqual([]);
  await page.getByRole("button", { name: "End session" }).click();
  await expect(page.getByText("Session ended")).toBeVisible();
});

test("a session is recorded on the server, and the recording is found in the jobs", async ({
  withKey: page,
}) => {
  await page.goto("/live");
  await page.getByRole("button", { name: "Start session" }).click();
  await expect(page.locator(AVATAR)).toBeVisible();
  await page.getByRole("button", { name: "Record", exact: true }).click();
  const stop = page.getByRole("button", { name: "Stop recording" });
  await expect(stop).toBeVisible();
  await expect(page.getByRole("timer").last(), "the length of the recording").toHaveText(
    /^0:(0[3-9]|[1-5]\d)$/,
  );
  await expectAccessible(page, "recording");
  await stop.click();
  await expect(page.getByText("Recording saved")).toBeVisible();
  await page.getByRole("button", { name: "End session" }).click();
  await expect(page.getByText("Session ended")).toBeVisible();
  await page.getByRole("link", { name: "Show in Jobs" }).click();
  await expect(page.getByRole("heading", { name: "Jobs", exact: true })).toBeVisible();
});

test("signing out asks, then ends the session", async ({ withKey: page }) => {
  await page.goto("/live");
  await page.getByRole("button", { name: "Start session" }).click();
  await expect(page.locator(AVATAR)).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "End session and sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.request.post("/console/api/session", { data: { api_key: env("VISAVIS_API_KEY") } });
  const { sessions } = await (await page.request.get("/console/api/sessions")).json();
  expect([sessions[0].status, sessions[0].reason]).toEqual(["ended", "deleted"]);
});

test("an invalid link shows an error", async ({ page }) => {
  await page.goto("/watch/ses_00000000000000000000?share=nothing");
  await expect(page.getByText("This link is invalid or has expired.")).toBeVisible();
});
