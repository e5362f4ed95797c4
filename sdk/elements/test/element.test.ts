import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { commands, page } from "vitest/browser";
import { Avatar } from "../../testing/avatar.js";
import "../src/index.js";
import type { VisavisAvatarElement } from "../src/index.js";

let room = "";
let avatar: Avatar;
let asked: { url: string; method: string; body: Record<string, FormDataEntryValue> }[];

beforeEach(async () => {
  room = `room-${crypto.randomUUID()}`;
  avatar = await Avatar.join(room);
  asked = [];
  const token = await commands.mintToken(room, "user");
  // The page's backend: it answers the element's requests, and writes them down.
  vi.spyOn(window, "fetch").mockImplementation(async (url, { method = "GET", body } = {}) => {
    asked.push({ url: String(url), method, body: body instanceof FormData ? Object.fromEntries(body) : {} });
    return Response.json({ session_id: `ses-${room}`, livekit_url: inject("rooms").url, token });
  });
});

afterEach(async () => {
  document.body.replaceChildren();
  await avatar.leave();
  vi.restoreAllMocks();
});

const until = <T>(check: () => T) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

function put(html: string): VisavisAvatarElement {
  document.body.innerHTML = html;
  const element = document.querySelector("visavis-avatar");
  if (element === null) throw new Error("no element");
  return element;
}

test("a tag is a call: it starts, shows, captions and ends", async () => {
  const element = put('<visavis-avatar endpoint="/api/session/" face-url="https://example.com/a.png" chat>');
  const events: string[] = [];
  for (const name of ["connection", "transcript", "ended"]) {
    element.addEventListener(name, () => events.push(name));
  }
  await avatar.showPicture();
  await page.getByRole("button", { name: "Start" }).click();
  const video = await until(() => {
    const found = element.shadowRoot?.querySelector("video");
    expect(found?.videoWidth).toBeGreaterThan(0);
    return found;
  });
  expect(video?.paused).toBe(false);
  expect(asked).toEqual([
    {
      url: "/api/session",
      method: "POST",
      body: { face_url: "https://example.com/a.png", mode: "passthrough" },
    },
  ]);
  await page.getByLabelText("Write a message").fill("When do you open?");
  await page.getByRole("button", { name: "Send" }).click();
  await expect.element(page.getByRole("log")).toHaveTextContent("You: When do you open?");
  await page.getByRole("button", { name: "End", exact: true }).click();
  await until(() => expect(events.at(-1)).toBe("ended"));
  expect(events).toContain("transcript");
  await until(() =>
    expect(asked.at(-1)).toMatchObject({ url: `/api/session/ses-${room}`, method: "DELETE" }),
  );
  await expect.element(page.getByRole("button", { name: "Start again" })).toBeVisible();
});

test("attributes say what the conversation is to be like, and the microphone opens for it", async () => {
  const element = put('<visavis-avatar endpoint="/s" greeting="Hello!" language="en" autostart>');
  await until(() => expect(element.session.getState()).toMatchObject({ status: "connected", muted: false }));
  expect(asked[0]?.body).toEqual({ mode: "conversation", greeting: "Hello!", language: "en" });
  const mute = page.getByRole("button", { name: "Mute microphone" });
  await mute.click();
  await expect.element(mute).toHaveAttribute("aria-pressed", "true");
});

test("an element that is moved goes on, and one that goes ends its session", async () => {
  const element = put('<div></div><visavis-avatar endpoint="/s" autostart></visavis-avatar>');
  await until(() => expect(element.session.getState().status).toBe("connected"));
  await avatar.showPicture();
  document.querySelector("div")?.append(element);
  await until(() => expect(element.shadowRoot?.querySelector("video")?.videoWidth).toBeGreaterThan(0));
  expect(element.session.getState().status).toBe("connected");
  element.remove();
  await until(() => expect(asked.at(-1)).toMatchObject({ method: "DELETE" }));
  expect(asked).toHaveLength(2);
});

test("what goes wrong is said, and can be tried again", async () => {
  put('<visavis-avatar endpoint="/s">');
  vi.mocked(window.fetch).mockResolvedValue(
    Response.json({ error: "no_capacity", message: "All slots are busy." }, { status: 503 }),
  );
  await page.getByRole("button", { name: "Start" }).click();
  await expect.element(page.getByRole("status")).toHaveTextContent("All slots are busy.");
  await expect.element(page.getByRole("button", { name: "Start again" })).toBeVisible();
});

test("the page's variables are the call's", async () => {
  const element = put(
    '<style>visavis-avatar { --visavis-radius: 3px }</style><visavis-avatar endpoint="/s"></visavis-avatar>',
  );
  const shown = element.shadowRoot?.querySelector(".visavis-avatar");
  expect(shown && getComputedStyle(shown).borderRadius).toBe("3px");
});
