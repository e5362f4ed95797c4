/** A conversation in a real browser: a spoken question into the microphone, a spoken answer out of the avatar. */
import type { Page } from "@playwright/test";
import {
  AVATAR,
  askingMicrophone,
  cutOff,
  env,
  expect,
  expectAccessible,
  mouthMotion,
  test,
} from "./console.ts";

const SESSION = "/v1/realtime/session";

test.use({
  launchOptions: askingMicrophone,
});

/** Keeps the sound tracks that the page receives, for `loudness`. */
function keepSounds(): void {
  const kept: MediaStreamTrack[] = [];
  Object.assign(window, { receivedSounds: kept });
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(config?: RTCConfiguration) {
      super(config);
      this.addEventListener("track", ({ track }) => {
        if (track.kind === "audio") kept.push(track);
      });
    }
  };
}

/** How loud the avatar is now: the greatest root mean square within a second, 0..1. */
async function loudness(page: Page): Promise<number> {
  return await page.evaluate(async () => {
    const { receivedSounds } = window as unknown as { receivedSounds: MediaStreamTrack[] };
    const context = new AudioContext();
    await context.resume();
    const meter = context.createAnalyser();
    for (const track of receivedSounds)
      context.createMediaStreamSource(new MediaStream([track])).connect(meter);
    const samples = new Float32Array(meter.fftSize);
    let loudest = 0;
    for (let look = 0; look < 10; look++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      meter.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
      loudest = Math.max(loudest, Math.sqrt(power));
    }
    await context.close();
    return loudest;
  });
}

test("a spoken question is answered from the prompt, with moving lips and a transcript", async ({
  withKey: page,
}) => {
  test.slow();
  const headers = { Authorization: `Bearer ${env("VISAVIS_API_KEY")}` };
  const tried = await page.request.post(SESSION, { headers, data: { mode: "conversation" } });
  const answer = await tried.json();
  test.skip(answer.error === "model_not_ready", "the models of conversations are not on this machine");
  expect(tried.ok(), answer.message).toBe(true);
  await page.request.delete(`${SESSION}/${answer.session_id}`, { headers });

  await page.addInitScript(keepSounds);
  await page.goto("/live");
  await page.getByRole("button", { name: "Conversation" }).click();
  await expect(page.getByText("The avatar answers only from the text above")).toBeVisible();
  await expectAccessible(page, "the settings of a conversation");
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await cutOff(page), "on a phone").toEqual([]);
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.getByLabel("Keep the transcript").check();
  await page.getByRole("button", { name: "Start session" }).click();
  await expect(page.locator(AVATAR)).toBeVisible();
  await expect(
    page.getByRole("button", { name: "Mute", exact: true }),
    "the microphone is open",
  ).toBeVisible();

  const transcript = page.getByRole("log");
  await expect
    .poll(() => loudness(page), { message: "the avatar is heard", timeout: 90_000 })
    .toBeGreaterThan(0.01);
  // A session may begin in the middle of the question: then the next one is heard whole.
  await expect(transcript, "the question").toContainText(/your opening hours/i, { timeout: 60_000 });
  await expect(transcript, "its answer").toContainText("from 9 in the morning to 6 in the evening");
  await expectAccessible(page, "a running conversation");

  await page.getByRole("button", { name: "Mute", exact: true }).click();
  await page.getByLabel("Ask the avatar").fill("Are dogs welcome?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(transcript.locator(".agent").last()).toContainText("Dogs are welcome");
  // Not only quiet: the text may come before its sound.
  await expect(transcript.locator(".agent").last(), "said to its end").toHaveAttribute("data-final", "true");
  await expect.poll(() => loudness(page), { message: "the answer is over" }).toBeLessThan(0.001);
  const still = await mouthMotion(page);
  // Longer than anybody looks: an answer is over before a look at the mouth is.
  const long = "Maybe a father, a baby and five very funny women. ".repeat(20);
  await page.getByLabel("Text for the avatar to say").fill(long);
  await page.getByRole("button", { name: "Say", exact: true }).click();
  await expect(transcript.locator(".agent").last()).toContainText("Maybe a father");
  await expect
    .poll(() => mouthMotion(page), { message: "its lips move", timeout: 60_000 })
    .toBeGreaterThan(2 * still + 0.5);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await cutOff(page), "on a phone").toEqual([]);
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.getByRole("button", { name: "End session" }).click();
  await expect(page.getByText("Session ended")).toBeVisible();

  await page.goto("/sessions");
  await page.locator("tbody .row-button").first().click();
  const kept = page.getByRole("region", { name: "Transcript" });
  await expect(kept).toContainText(/your opening hours/i);
  await expect(kept).toContainText("from 9 in the morning to 6 in the evening");
});
