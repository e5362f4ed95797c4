/** What is heard behind a link: the avatar, once, and not who speaks to it. */
import { expect, test } from "./console.ts";

const RECORDED_S = 5;
/** Two equal sounds, one after the other, are alike by half at that distance; speech itself hardly is. */
const ALIKE_AT_MOST = 0.3;
const [NEAREST_S, FARTHEST_S] = [0.15, 1];

test("a viewer hears one sound", async ({ signedIn: page, context }) => {
  test.slow(); // a session, two pages and a sentence
  await page.goto("/live");
  await page.getByRole("button", { name: "Start the session" }).click();
  await expect(page.locator(".live-picture video")).toBeVisible();
  await page.getByRole("button", { name: "Microphone off" }).click();
  await expect(page.getByRole("button", { name: "Microphone on" })).toBeVisible();
  await page.getByRole("button", { name: "Invite" }).click();
  const link = await page
    .getByRole("dialog")
    .getByRole("link", { name: "Open it here" })
    .getAttribute("href");
  const viewer = await context.newPage();
  await viewer.goto(link ?? "");
  await expect(viewer.locator("video")).toBeVisible();
  await viewer.locator("#stage").click({ position: { x: 20, y: 20 } }); // a touch lets it be heard
  await expect(viewer.locator("audio")).toHaveCount(1);

  const heard = await viewer.evaluate(
    async ({ seconds, nearest, farthest }) => {
      const playing = [...document.querySelectorAll<HTMLMediaElement>("audio, video")].filter(
        (each) => !each.paused && !each.muted,
      );
      const context = new AudioContext({ sampleRate: 8000 });
      const mixed = context.createScriptProcessor(4096, 1, 1);
      for (const { srcObject } of playing)
        if (srcObject instanceof MediaStream) context.createMediaStreamSource(srcObject).connect(mixed);
      mixed.connect(context.destination); // it only works when it leads somewhere
      const samples: number[] = [];
      await new Promise<void>((resolve) => {
        mixed.onaudioprocess = ({ inputBuffer }) => {
          samples.push(...inputBuffer.getChannelData(0));
          // From where the microphone speaks on.
          const loudest = Math.max(...samples.slice(0, 4096).map(Math.abs));
          if (samples.length <= 4096 && loudest < 0.02) samples.length = 0;
          if (samples.length > seconds * context.sampleRate) resolve();
        };
      });
      const alike = (lag: number) =>
        samples.reduce((sum, each, at) => sum + each * (samples[at + lag] ?? 0), 0);
      const all = alike(0);
      let most = 0;
      for (let lag = nearest * context.sampleRate; lag < farthest * context.sampleRate; lag += 1)
        most = Math.max(most, alike(lag) / all);
      await context.close();
      return { sounds: playing.length, energy: all, most };
    },
    { seconds: RECORDED_S, nearest: NEAREST_S, farthest: FARTHEST_S },
  );
  expect(heard.sounds).toBe(1);
  expect(heard.energy).toBeGreaterThan(0);
  expect(heard.most, "how alike to itself a moment later").toBeLessThan(ALIKE_AT_MOST);
  await viewer.close();
  await page.getByRole("button", { name: "End" }).click();
});
