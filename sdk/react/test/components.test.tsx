import { StrictMode } from "react";
import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { commands, page } from "vitest/browser";
import { render } from "vitest-browser-react";
import { Avatar as Participant } from "../../testing/avatar.js";
import "../../core/styles/call.css";
import { AvatarCall, type AvatarCallProps, CallContext, MicButton, type SessionInfo } from "../src/index.js";

let room = "";
let avatar: Participant;
let deleted: string[];

beforeEach(async () => {
  room = `room-${crypto.randomUUID()}`;
  avatar = await Participant.join(room);
  deleted = [];
});

afterEach(async () => {
  await avatar.leave();
});

async function createSession(): Promise<SessionInfo> {
  const token = await commands.mintToken(room, "user");
  return { sessionId: `ses-${room}`, livekitUrl: inject("rooms").url, token };
}

const until = <T,>(check: () => T) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

function Call(props: Partial<AvatarCallProps>) {
  return (
    <AvatarCall
      createSession={createSession}
      deleteSession={async (id) => deleted.push(id)}
      autoEnableMic={false}
      {...props}
    />
  );
}

test("a call starts, shows who speaks, captions, stops and ends", async () => {
  await render(<Call chat labels={{ end: "Auflegen" }} />);
  await avatar.showPicture();
  await page.getByRole("button", { name: "Start" }).click();
  await until(() => expect(document.querySelector("video")?.videoWidth).toBeGreaterThan(0));
  const stop = page.getByRole("button", { name: "Stop" });
  await expect.element(stop).toBeDisabled();
  await avatar.playTone();
  await expect.element(stop).toBeEnabled();
  await expect
    .element(page.getByRole("region", { name: "Avatar", exact: true }))
    .toHaveAttribute("data-speaking", "true");
  await page.getByLabelText("Write a message").fill("When do you open?");
  await page.getByRole("button", { name: "Send" }).click();
  await expect.element(page.getByRole("log")).toHaveTextContent("You: When do you open?");
  await page.getByText("Microphone and speaker").click();
  await expect.element(page.getByRole("combobox", { name: "Microphone" })).toBeVisible();
  await page.getByRole("button", { name: "Auflegen" }).click();
  await expect.element(page.getByRole("status")).toHaveTextContent("The session has ended.");
  await until(() => expect(deleted).toEqual([`ses-${room}`]));
});

test("a call that starts by itself is one session in strict mode", async () => {
  const create = vi.fn(createSession);
  const { unmount } = await render(
    <StrictMode>
      <Call autoStart createSession={create} />
    </StrictMode>,
  );
  await expect.element(page.getByRole("button", { name: "End" })).toBeVisible();
  expect(create).toHaveBeenCalledTimes(1);
  await unmount();
  await until(() => expect(deleted).toEqual([`ses-${room}`]));
});

test("the button of the microphone mutes it, or opens it while it is held", async () => {
  const { rerender } = await render(<Call autoStart autoEnableMic />);
  const mute = page.getByRole("button", { name: "Mute microphone" });
  await expect.element(mute).toHaveAttribute("aria-pressed", "false");
  await until(() => expect(mute.element().getAttribute("style")).toContain("--visavis-level"));
  await mute.click();
  await expect.element(mute).toHaveAttribute("aria-pressed", "true");
  await rerender(<Call autoStart autoEnableMic pushToTalk />);
  const hold = page.getByRole("button", { name: "Hold to talk" });
  await expect.element(hold).toHaveAttribute("data-muted", "true");
  (hold.element() as HTMLElement).focus();
  hold.element().dispatchEvent(new KeyboardEvent("keydown", { key: " " }));
  await expect.element(hold).toHaveAttribute("data-muted", "false");
  hold.element().dispatchEvent(new KeyboardEvent("keyup", { key: " " }));
  await expect.element(hold).toHaveAttribute("data-muted", "true");
});

test("a component without a session says what is missing", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  await expect(render(<MicButton />)).rejects.toThrow("Pass a session");
  expect(CallContext).toBeDefined();
});
