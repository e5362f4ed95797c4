/** Single sign-on through a real OpenID Connect provider, its set-up, and tokens for provisioning. */
import { check, EMAIL, env, expect, expectAccessible, type Page, test } from "./console.ts";
import { type Running, signInAtProvider, startProvider } from "./identity-provider.ts";

const NAME = "Analytical Engines";
const SLUG = "analytical-engines";
let provider: Running;

// The provider has a certificate of its own authority.
test.use({ ignoreHTTPSErrors: true, brokenOnPurpose: /ERR_NAME_NOT_RESOLVED/ }); // and fonts from elsewhere
test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  provider = await startProvider(env("CERTIFICATES"), `${env("VISAVIS_API_URL")}/v1/auth/sso/callback`);
});
test.afterAll(async () => await provider.stop());

async function openSection(page: Page, section: string): Promise<void> {
  await page.goto("/organizations");
  await page.getByRole("button", { name: `Manage ${NAME}` }).click();
  await page.getByRole("tab", { name: section }).click();
}

async function beginAs(page: Page, email: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("tab", { name: "SSO" }).click();
  await page.getByLabel("Short name of your organization").fill(SLUG);
  await page.getByRole("button", { name: "Sign in with SSO" }).click();
  await signInAtProvider(page, email);
}

test("an owner connects an identity provider, and tests it", async ({ signedIn: page }) => {
  await page.goto("/organizations");
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(NAME);
  await page.getByRole("dialog").getByRole("button", { name: "Create organization" }).click();
  await page.getByRole("button", { name: "Add member" }).click();
  await page.getByLabel("Email address").fill("member@example.com");
  await page.getByRole("dialog").getByRole("button", { name: "Add member" }).click();
  await expect(page.getByRole("row", { name: /member@example.com/ })).toBeVisible();

  await page.getByRole("tab", { name: "Single sign-on" }).click();
  await expect(page.getByText("Not set up")).toBeVisible();
  await expect(page.getByText(`${env("VISAVIS_API_URL")}/v1/auth/sso/callback`)).toBeVisible();
  await page.getByLabel("Discovery URL").fill(`${provider.url}/.well-known/openid-configuration`);
  await page.getByLabel("Client ID").fill("visavis");
  await page.getByLabel("Client secret").fill("wrong");
  await page.getByRole("button", { name: "Connect" }).click();
  await expect(page.getByRole("alert")).toContainText("refuses the client ID or the client secret");
  await check(page, "sso-setup");
  await page.getByLabel("Client secret").fill("secret");
  await page.getByRole("button", { name: "Connect" }).click();
  await expect(page.getByText("Stored encrypted")).toBeVisible();

  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByText("it accepts the client ID and the secret")).toBeVisible();
  await check(page, "sso-testing");
  await page.getByRole("link", { name: "Sign in to test" }).click();
  await signInAtProvider(page, EMAIL);
  await expect(page.getByText("The last test passed")).toBeVisible();
  await expect(page.getByText(`${EMAIL} signed in on`)).toBeVisible();
  await check(page, "sso");

  await page.getByRole("button", { name: "Change the set-up" }).click();
  await expect(page.getByRole("dialog").getByLabel("Client secret")).toHaveValue("");
  await expectAccessible(page, "changing the set-up");
});

test("a member signs in through the provider", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByRole("tab", { name: "SSO" }).click();
  await check(page, "sign-in-sso");
  await page.getByLabel("Short name of your organization").fill("nowhere");
  await page.getByRole("button", { name: "Sign in with SSO" }).click();
  await expect(page.getByRole("alert")).toContainText("no organization with this name");
  await beginAs(page, "member@example.com");
  await expect(page).toHaveURL(/\/studio$/);
  const session = await (await page.request.get("/console/api/session")).json();
  expect([session.user.email, session.organization.slug]).toEqual(["member@example.com", SLUG]);
  await page.goto("/organizations");
  await expect(page.getByRole("row", { name: NAME })).toBeVisible();
});

test("whoever cannot sign in is told why on a page", async ({ page }) => {
  await beginAs(page, "stranger@example.com");
  await expect(page.getByRole("heading", { name: "Could not sign you in" })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("You are not a member of this organization");
  await check(page, "sign-in-failed");

  await page.context().clearCookies();
  await page.goto(`/v1/auth/sso?org_slug=${SLUG}`);
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toContainText("Your identity provider did not sign you in");
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(page.locator("input[name=login]")).toBeVisible();
  await page.goto("/v1/auth/sso/callback?code=made&state=up");
  await expect(page.getByRole("alert")).toContainText("did not begin in this browser");
  await page.getByRole("link", { name: "Sign in another way" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("single sign-on is required, and no longer", async ({ signedIn: page }) => {
  await openSection(page, "Single sign-on");
  await page.getByRole("button", { name: "Require single sign-on" }).click();
  await expect(page.getByRole("dialog")).not.toContainText("No test has passed");
  await expectAccessible(page, "requiring single sign-on");
  await page.getByRole("button", { name: "Require it" }).click();
  await expect(page.getByText("Single sign-on is required.")).toBeVisible();
  await page.getByRole("button", { name: "Do not require it" }).click();
  await expect(page.getByRole("button", { name: "Require single sign-on" })).toBeVisible();
});

test("an owner goes to WorkOS to set it up there", async ({ signedIn: page }) => {
  await page.route("https://setup.workos.example/**", (route) =>
    route.fulfill({ contentType: "text/html", body: "<title>WorkOS</title>" }),
  );
  await openSection(page, "Single sign-on");
  await page.getByRole("button", { name: "Change the set-up" }).click();
  await page.getByRole("button", { name: "Set up with WorkOS" }).click();
  await expect(page).toHaveURL(/^https:\/\/setup\.workos\.example\/org_remote_/);
  await openSection(page, "Single sign-on");
  await expect(page.getByText("as soon as you finish the set-up at WorkOS")).toBeVisible();
  await check(page, "sso-workos");
});

test("a SCIM token is shown once, works, and is revoked", async ({ signedIn: page }) => {
  await openSection(page, "Provisioning");
  await expect(page.getByText("No SCIM tokens")).toBeVisible();
  await page.getByRole("button", { name: "Create token" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Okta");
  await page.getByRole("dialog").getByRole("button", { name: "Create token" }).click();
  await expect(page.getByText("Copy this token now")).toBeVisible();
  await expectAccessible(page, "a new token");
  await page.getByRole("button", { name: "Copy SCIM token" }).click();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  expect(token).toMatch(/^scim_/);
  const users = () => page.request.get("/scim/v2/Users", { headers: { Authorization: `Bearer ${token}` } });
  expect((await users()).status()).toBe(200);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(token)).toHaveCount(0);
  await check(page, "scim-tokens");
  await page.getByRole("button", { name: "Revoke Okta" }).click();
  await expectAccessible(page, "revoking a token");
  await page.getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("No SCIM tokens")).toBeVisible();
  expect((await users()).status()).toBe(401);
});
