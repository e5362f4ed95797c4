/** A viewer hears the avatar, once, and not the person who speaks to it. */
import { expect, test } from "./console.ts";

const RECORDED_S = 6;
const RATE_HZ = 8000;
/** Two equal sounds, one after the other, are alike by half at that distance; speech itself hardly is. */
const MAX_LIKENESS = 0.3;
const [NEAREST_S, FARTHEST_S] = [0.15, 1];

test("a viewer hears the avatar only", async ({ signedIn: page, context }) => {
  test.slow(); // a session, two pages and a sentence
  await page.goto("/live");
  await page.getByRole("button", { name: "Start session" }).click();
  await expect(page.locator(".live-picture video")).toBeVisible();
  await page.getByRole("button", { name: "Unmute" }).click();
  await expect(page.getByRole("button", { name: "Mute", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Invite" }).click();
  const link = await page.getByRole("dialog").getByRole("link", { name: "Open link" }).getAttribute("href");
  const viewer = await context.newPage();
  await viewer.goto(link ?? "");
  await expect(viewer.locator("video")).toBeVisible();
  await viewer.locator("#stage").click({ position: { x: 20, y: 20 } }); // a touch lets it be heard
  await expect(viewer.locator("audio")).toHaveCount(1);

  const heard = await viewer.evaluate(
    async ({ seconds, nearest, farthest, rate }) => {
      const playing = [...document.querySelectorAll<HTMLMediaElement>("audio, video")].filter(
        (each) => !each.paused && !each.muted,
      );
      const [only] = playing.map(({ srcObject }) => srcObject);
      if (playing.length !== 1 || !(only instanceof MediaStream))
        return { sounds: playing.length, energy: 0, likeness: 1 };
      const recorder = new MediaRecorder(only);
      const recorded = new Promise<Blob>((resolve) => {
        recorder.ondataavailable = ({ data }) => resolve(data);
      });
      recorder.start();
      setTimeout(() => recorder.stop(), seconds * 1000);
      const file = await (await recorded).arrayBuffer();
      const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(file);
      const samples = sound.getChannelData(0);
      const alike = (lag: number) => {
        let sum = 0;
        for (let at = lag; at < samples.length; at += 1) sum += (samples[at] ?? 0) * (samples[at - lag] ?? 0);
        return sum;
      };
      const energy = alike(0);
      let likeness = 0;
      for (let lag = nearest * rate; lag < farthest * rate; lag += 1)
        likeness = Math.max(likeness, alike(lag) / energy);
      return { sounds: playing.length, energy, likeness };
    },
    { seconds: RECORDED_S, nearest: NEAREST_S, farthest: FARTHEST_S, rate: RATE_HZ },
  );
  expect(heard.sounds).toBe(1);
  expect(heard.energy).toBeGreaterThan(0);
  expect(heard.likeness, "how alike to itself a moment later").toBeLessThan(MAX_LIKENESS);
  await viewer.close();
  await page.keyboard.press("Escape"); // the dialog
  await page.getByRole("button", { name: "End session" }).click();
});
