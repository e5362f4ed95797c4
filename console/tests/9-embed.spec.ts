/** An agent on a page of somebody else: it answers a voice there, and is shown on no page of another origin. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { askingMicrophone, check, cutOff, DESKTOP, env, expect, PHONE, test } from "./console.ts";

test.use({
  brokenOnPurpose: /frame-ancestors/,
  launchOptions: askingMicrophone,
});

test("an agent answers a voice on a page of its domain, from a phone to a desktop", async ({ page }) => {
  test.slow(); // the agent is made first
  const headers = { "api-secret": env("VISAVIS_API_KEY") };
  const prompt = "You are Ada. Our opening hours are from nine to five. Dogs are welcome.";
  const made = await page.request.post("/v1/agent/generate", {
    headers,
    data: { prompt, duration: 2, video_aspect_ratio: "1:1" },
  });
  const { agent_id } = await made.json();
  const state = async () =>
    (await (await page.request.get(`/v1/agent/status/${agent_id}`, { headers })).json()).data.status;
  await expect.poll(state, { timeout: 120_000 }).toBe("ready");

  let frame = "";
  const site = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html");
    answer.end(
      `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Shop</title><main><h1>Shop</h1>
      <iframe src="${frame}" title="Ada" allow="microphone; autoplay" style="border:0;width:100%;height:80vh"></iframe></main>`,
    );
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const { port } = site.address() as AddressInfo;
  try {
    const token = await page.request.post("/v1/embed-tokens/request", {
      headers,
      data: { agent_id, domains: [`localhost:${port}`] },
    });
    const { data } = await token.json();
    frame = data.url;
    const opened = await page.request.post("/v1/embed/sessions", {
      headers: { Authorization: `Bearer ${data.token}` },
    });
    const session = await opened.json();
    const isMissing = session.error?.code === "MODEL_NOT_READY";
    test.skip(isMissing, "the models of conversations are not on this machine");
    await page.request.delete(`/v1/embed/sessions/${session.session_id}`, {
      headers: { Authorization: `Bearer ${data.token}` },
    });

    await page.goto(`http://localhost:${port}/`);
    const embedded = page.frameLocator("iframe");
    await expect(embedded.getByRole("button", { name: "Talk to Ada" })).toBeVisible();
    await check(page, "an-agent-before-its-session");
    await embedded.getByRole("button", { name: "Talk to Ada" }).click();
    await expect(embedded.locator("video")).toBeVisible();
    await expect(
      embedded.getByRole("button", { name: "Mute microphone" }),
      "the microphone is open",
    ).toBeVisible();
    const captions = embedded.getByRole("log");
    // A session may begin in the middle of the question: then the next one is heard whole.
    await expect(captions, "the question").toContainText(/your opening hours/i, { timeout: 90_000 });
    await expect(captions, "its answer").toContainText("from nine to five");
    await embedded.getByRole("button", { name: "Mute microphone" }).click();
    await embedded.getByLabel("Write a message").fill("Are dogs welcome?");
    await page.keyboard.press("Enter");
    await expect(captions, "a message").toContainText("Dogs are welcome", { timeout: 60_000 });
    await check(page, "an-agent-in-its-session");
    for (const size of [PHONE, DESKTOP]) {
      await page.setViewportSize(size);
      const inside = page.frame({ url: /\/embed\// });
      await expect.poll(() => inside && cutOff(inside), { message: `${size.width} wide` }).toEqual([]);
    }
    await embedded.getByRole("button", { name: "End", exact: true }).click();
    await expect(embedded.getByRole("button", { name: "Start again" })).toBeVisible();

    // The same page under another origin, and no page around it.
    await page.goto(`http://127.0.0.1:${port}/`);
    await expect.poll(() => page.frames().at(-1)?.url()).toMatch(/^chrome-error:/);
    await page.goto(frame);
    await expect(page.getByRole("alert")).toHaveText("This link is invalid or has expired.");
  } finally {
    site.closeAllConnections();
    site.close();
  }
});
