/** Pictures of every page, for people to look at: `npm run screenshots -w console`. */
import { readFileSync } from "node:fs";
import { de } from "../src/words/de/index.ts";
import { player as dePlayer } from "../src/words/de/player.ts";
import { en } from "../src/words/en/index.ts";
import { player as enPlayer } from "../src/words/en/player.ts";
import { AVATAR, cutOff, env, expect, PAGES, type Page, test } from "./console.ts";
import { PAYMENTS } from "./payments.ts";

const FOLDER = process.env.SCREENSHOTS;
const DESKTOP = { width: 1440, height: 900 };
const TABLET = { width: 1024, height: 900 };
const PHONE = { width: 390, height: 844 };
const TIMEOUT_MS = 300_000;

const LOOKS = [
  {
    name: "en-light",
    scheme: "light",
    locale: "en-GB",
    words: en,
    player: enPlayer,
    sizes: [DESKTOP, TABLET, PHONE],
  },
  {
    name: "en-dark",
    scheme: "dark",
    locale: "en-GB",
    words: en,
    player: enPlayer,
    sizes: [DESKTOP, TABLET, PHONE],
  },
  {
    name: "de-light",
    scheme: "light",
    locale: "de-DE",
    words: de,
    player: dePlayer,
    sizes: [DESKTOP, TABLET, PHONE],
  },
] as const;

const PERSONA =
  "You are Ada, who sits at the reception of a hotel by the sea.\n\nAnswer in one or two sentences. " +
  "Say when you do not know something, and offer to ask a colleague.";

const NOT_FETCHED = "image: the file cannot be fetched from its URL. The address cannot be reached.";

/** What is cut off, but for texts that are cut on purpose. */
const outside = async (page: Page) => (await cutOff(page)).filter((each) => !/\.\S*.*\bcut\b/.test(each));

test.skip(!FOLDER, "only on request");

for (const { name: look, scheme, locale, words, player, sizes } of LOOKS)
  test.describe(look, () => {
    test.use({ colorScheme: scheme, locale, actionTimeout: 30_000 });
    test.setTimeout(TIMEOUT_MS);

    /** Pictures of a page as it is now, in each width; of dialogs only what is seen. */
    async function shoot(page: Page, name: string, isDialog = false): Promise<void> {
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      for (const size of sizes) {
        await page.setViewportSize(size);
        await page.evaluate(() => window.scrollTo(0, 0));
        await page.screenshot({ path: `${FOLDER}/${look}/${name}-${size.width}.png`, fullPage: !isDialog });
        // Of a player there is a name that only those hear who see nothing.
        if (!name.startsWith("player"))
          expect.soft(await outside(page), `${look}/${name}-${size.width}`).toEqual([]);
      }
      await page.setViewportSize(DESKTOP);
    }

    const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

    test("screenshots of creating an avatar", async ({ signedIn: page }) => {
      await page.goto("/create");
      await page.getByLabel(words.avatars.prompt).fill(words.avatars.promptPlaceholder);
      await button(page, words.avatars.create).click();
      await expect(button(page, words.avatars.candidate(4))).toBeVisible({ timeout: 200_000 });
      await shoot(page, "create-candidates");
      await page.getByLabel(words.avatars.name).fill(`Ada ${look}`);
      await button(page, words.avatars.save).click();
      await expect(page.getByText(words.avatars.saved(`Ada ${look}`))).toBeVisible();
      await shoot(page, "create-saved");
    });

    test("screenshots of an organization", async ({ signedIn: page }) => {
      await page.goto("/organizations");
      await button(page, words.organizations.create).first().click();
      await shoot(page, "organization-new", true);
      await page
        .getByRole("textbox", { name: words.organizations.name })
        .fill(words.organizations.namePlaceholder);
      await page.getByRole("dialog").getByRole("button", { name: words.organizations.create }).click();
      await expect(page.getByRole("heading", { name: words.organizations.namePlaceholder })).toBeVisible();
      for (const [name, tab] of [
        ["members", words.members.title],
        ["invitations", words.invitations.title],
        ["sso", words.sso.title],
        ["scim", words.scimTokens.title],
        ["audit-log", words.auditLog.title],
      ] as const) {
        await page.getByRole("tab", { name: tab }).click();
        await shoot(page, `organization-${name}`);
      }
      await button(page, words.organizations.remove).click();
      await shoot(page, "organization-delete", true);
    });

    test("screenshots of a live session", async ({ signedIn: page, context }) => {
      await page.goto("/live");
      await button(page, words.conversation.mode.conversation).click();
      await expect(page.getByLabel(words.conversation.systemPrompt)).toBeVisible();
      await shoot(page, "live-conversation");
      await button(page, words.conversation.mode.passthrough).click();
      await button(page, words.live.start).click();
      await expect(page.locator(AVATAR)).toBeVisible();
      await page.getByText(words.live.devices.title).click();
      await button(page, words.live.captions).click();
      await page.getByLabel(words.live.speech.text).fill("A caption shows what the avatar says. ".repeat(6));
      await page.keyboard.press("Enter");
      await button(page, words.live.recording.start).click();
      await expect(page.locator(".live-captions")).toBeVisible();
      await expect(page.getByText(/: (good|fair|poor|gut|mittel|schlecht), \d+ ms$/)).toBeVisible();
      await shoot(page, "live-running");
      await page.getByText(/: (good|fair|poor|gut|mittel|schlecht), \d+ ms$/).click();
      await shoot(page, "live-diagnostics");
      await button(page, words.live.invite).click();
      const link = page.getByRole("dialog").getByRole("link", { name: words.invite.open });
      await expect(link).toBeVisible();
      await shoot(page, "live-invite", true);
      const viewer = await context.newPage();
      await viewer.goto((await link.getAttribute("href")) ?? "");
      await expect(viewer.locator("video")).toBeVisible();
      await viewer.mouse.move(200, 200);
      await expect(button(viewer, player.fullScreen)).toBeVisible();
      await shoot(viewer, "player-running", true);
      await viewer.close();
      await page.getByRole("dialog").getByRole("button", { name: words.common.done }).click();
      await page.getByRole("link", { name: words.shell.pages.jobs }).click();
      await expect(page.getByRole("table")).toBeVisible();
      await shoot(page, "live-docked", true);
      await button(page, words.live.endShort).click();
      await page.getByRole("link", { name: words.shell.pages.live }).click();
      await expect(page.getByText(words.live.ended, { exact: true })).toBeVisible();
      await shoot(page, "live-ended");
    });

    test("screenshots of every page", async ({ signedIn: page }) => {
      for (const name of [...PAGES, "no-such-page"]) {
        await page.goto(`/${name}`);
        await expect(page.locator("h1")).toBeVisible();
        await shoot(page, name);
      }
    });

    test("screenshots of pages without a sign-in", async ({ page }) => {
      const link = new URL(env("VISAVIS_LINK"));
      for (const [name, path] of [
        ["sign-in", "/sign-in"],
        ["sign-in-link", link.pathname + link.hash],
        ["sign-in-failed", "/sign-in/failed?reason=not_member"],
        ["invitation", "/invitation#unknown"],
        ["player", "/watch/ses_00000000000000000000?share=nothing"],
        ["embed", "/embed/A000000000?token=unknown"],
      ] as const) {
        await page.goto(path);
        await shoot(page, name);
      }
      await page.goto("/sign-in");
      for (const tab of [words.signIn.apiKey, words.ssoSignIn.method]) {
        await page.getByRole("tab", { name: tab }).click();
        await shoot(page, `sign-in-${tab === words.signIn.apiKey ? "key" : "sso"}`);
      }
    });

    test("screenshots of what opens on pages", async ({ signedIn: page }) => {
      await page.goto("/studio");
      await page.getByText(words.studio.options.title, { exact: true }).click();
      await page.getByLabel(words.face.input, { exact: true }).setInputFiles(env("LYING_FILE"));
      await expect(page.getByText(words.face.found)).toBeVisible();
      await shoot(page, "studio-options");
      for (const [name, tab] of [
        ["file", words.voice.source.file],
        ["record", words.voice.source.record],
      ] as const) {
        await page.getByRole("tab", { name: tab }).click();
        await shoot(page, `studio-${name}`);
      }
      for (const [name, path] of [
        ["job", "/jobs"],
        ["session", "/sessions"],
      ] as const) {
        await page.goto(path);
        await page.locator("tbody .row-button").first().click();
        await expect(page.getByRole("dialog").locator(".details")).toBeVisible();
        await shoot(page, name, true);
      }
      await page.goto("/keys");
      await button(page, words.keys.create).click();
      await shoot(page, "key", true);
      await page
        .getByRole("textbox", { name: words.keys.name })
        .fill(`${words.keys.namePlaceholder} ${look}`);
      await page.getByRole("dialog").getByRole("button", { name: words.keys.create }).click();
      await expect(page.getByText(words.keys.shownOnce)).toBeVisible();
      await shoot(page, "key-created", true);
      await button(page, words.common.done).click();
      await button(page, words.keys.revokeNamed(`${words.keys.namePlaceholder} ${look}`)).click();
      await shoot(page, "key-revoke", true);
      await page.goto("/users");
      await button(page, words.users.invite).click();
      await page.getByLabel(words.users.email).fill(`${look}@example.com`);
      await shoot(page, "user", true);
      await button(page, words.users.createLink).click();
      await expect(page.getByText(words.users.shownOnce)).toBeVisible();
      await shoot(page, "user-link", true);
      await button(page, words.common.done).click();
      await shoot(page, "users-invited");
      await button(page, words.users.removeNamed(`${look}@example.com`)).click();
      await shoot(page, "user-remove", true);
    });

    test("screenshots of agents", async ({ signedIn: page }) => {
      const asked = await page.request.post("/console/api/token", { data: { key_id: null } });
      const headers = { Authorization: `Bearer ${(await asked.json()).token}` };
      const image = readFileSync(env("PHOTO_FILE")).toString("base64");
      const data = { agent_id: "RECEPTION", prompt: PERSONA, image, duration: 2 };
      const made = await page.request.post("/v1/agent/generate", { headers, data });
      expect([200, 409], "the second look finds it there").toContain(made.status());
      const status = async () =>
        await (await page.request.get("/v1/agent/status/RECEPTION", { headers })).text();
      await expect.poll(status, { timeout: 200_000 }).toMatch(/"status":\s*"ready"/);
      await page.goto("/agents");
      await expect(page.getByRole("table")).toBeVisible();
      await shoot(page, "agents-made");
      // How an agent looks whose photo could not be fetched.
      await page.route("**/v1/agent/RECEPTION", async (route) => {
        const answer = await route.fetch();
        const { data: agent, ...rest } = await answer.json();
        const failed = { ...agent, status: "failed", error_message: NOT_FETCHED };
        await route.fulfill({ response: answer, json: { ...rest, data: failed } });
      });
      await page.goto("/agents?agent=RECEPTION");
      await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
      await shoot(page, "agent-failed", true);
      await page.unroute("**/v1/agent/RECEPTION");
      await page.goto("/agents?agent=RECEPTION");
      const sheet = page.getByRole("dialog");
      for (const name of [
        `prices-${look}.md`,
        `opening-hours-and-everything-else-worth-knowing-${look}.txt`,
      ]) {
        const buffer = Buffer.from(`# ${name}\n\nWe are open from nine to five, every day but Sunday.\n`);
        await sheet.getByLabel(words.agents.file).setInputFiles({ name, mimeType: "text/plain", buffer });
        await expect(sheet.getByText(name)).toBeVisible({ timeout: 60_000 });
      }
      await shoot(page, "agent", true);
      await sheet.locator(".add-address").scrollIntoViewIfNeeded();
      await page.setViewportSize(PHONE);
      await sheet.locator(".add-address").scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${FOLDER}/${look}/agent-documents-390.png` });
      await page.setViewportSize(DESKTOP);
      await sheet.getByLabel(words.agents.url).fill("https://documents.invalid/handbook.pdf");
      await button(page, words.agents.addUrl).click();
      await expect(sheet.getByRole("alert")).toBeVisible();
      await sheet.getByRole("alert").scrollIntoViewIfNeeded();
      await shoot(page, "agent-refused", true);
      await button(page, words.agents.removeNamed(`prices-${look}.md`)).click();
      await shoot(page, "agent-document-delete", true);
    });

    test("screenshots of payments", async ({ signedIn: page }) => {
      // Without a chain there is no payment: these are what the server would answer.
      await page.route("**/console/api/payments?*", (route) => route.fulfill({ json: PAYMENTS }));
      await page.goto("/payments");
      await expect(page.getByRole("table")).toBeVisible();
      await shoot(page, "payments-made");
      for (const { id, status } of PAYMENTS.payments) {
        await page.goto(`/payments?payment=${id}`);
        await expect(page.getByRole("dialog").locator(".details")).toBeVisible();
        await shoot(page, `payment-${status}`, true);
      }
    });

    test("screenshots of the menu", async ({ signedIn: page }) => {
      await page.setViewportSize(PHONE);
      await page.goto("/studio");
      await button(page, words.shell.menu).click();
      await page.screenshot({ path: `${FOLDER}/${look}/menu-390.png` });
    });
  });
