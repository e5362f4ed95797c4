/** Organizations: created, joined, changed, acted for, and deleted. */
import { readFileSync } from "node:fs";
import { check, EMAIL, expect, expectAccessible, test } from "./console.ts";

test.describe.configure({ mode: "serial" });

test("an organization is created, and has members, invitations and an audit log", async ({
  signedIn: page,
}) => {
  await page.goto("/organizations");
  await expect(page.getByText("No organizations yet")).toBeVisible();
  await check(page, "organizations-none");
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Example Incorporated");
  await expectAccessible(page, "creating an organization");
  await page.getByRole("dialog").getByRole("button", { name: "Create organization" }).click();
  await expect(page.getByRole("heading", { name: "Example Incorporated" })).toBeVisible();

  await page.getByRole("button", { name: "Add member" }).click();
  await page.getByLabel("Email address").fill("grace@example.com");
  await page.getByLabel("Name (optional)").fill("Grace");
  await expectAccessible(page, "adding a member");
  await page.getByRole("dialog").getByRole("button", { name: "Add member" }).click();
  const grace = page.getByRole("row", { name: /grace@example.com/ });
  await expect(grace).toContainText("Active");
  await page.getByLabel("Role of grace@example.com").selectOption("admin");
  await expect(page.getByLabel("Role of grace@example.com")).toHaveValue("admin");
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await page.getByRole("button", { name: "Leave organization" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("last owner");
  await page.getByRole("button", { name: "Cancel" }).click();
  await check(page, "organization-members");

  await page.getByRole("tab", { name: "Invitations" }).click();
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByLabel("Email address").fill("guest@example.com");
  await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
  await expect(page.getByText("Copy this link now")).toBeVisible();
  await expectAccessible(page, "a new invitation");
  await page.getByRole("button", { name: "Copy Invitation link" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole("button", { name: "Done" }).click();
  await check(page, "organization-invitations");
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Join Example Incorporated" })).toBeVisible();
  expect(new URL(page.url()).hash, "the link's secret leaves the address bar").toBe("");
  await check(page, "invitation");
  await page.getByRole("button", { name: "Accept invitation" }).click();
  await expect(page.getByRole("alert")).toContainText("already");

  await page.goto("/organizations");
  await page.getByRole("button", { name: "Manage Example Incorporated" }).click();
  await page.getByRole("button", { name: "Remove grace@example.com" }).click();
  await page.getByRole("button", { name: "Remove member" }).click();
  await expect(grace).toContainText("Removed");
  await page.getByRole("tab", { name: "Audit log" }).click();
  await expect(page.getByRole("row", { name: /Removed member grace@example.com/ })).toContainText(
    "127.0.0.1",
  );
  await check(page, "organization-audit-log");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  const file = await (await downloading).path();
  expect(readFileSync(file, "utf8")).toContain("member.removed");
});

test("an invitation of a stranger asks for a sign-in", async ({ page }) => {
  await page.goto("/invitation#unknown");
  await expect(page.getByRole("alert")).toContainText("This invitation does not work");
  await expectAccessible(page, "an invitation that does not work");
});

test("the browser acts for the organization, until it is deleted", async ({ signedIn: page }) => {
  await page.goto("/keys");
  const account = page.getByRole("combobox", { name: "Account" });
  await account.selectOption({ label: "Example Incorporated" });
  await expect(page.getByText("No API keys yet")).toBeVisible();
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Shared");
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row", { name: /Shared/ })).toBeVisible();
  await check(page, "keys-of-organization");
  await page.goto("/jobs");
  await expect(page.getByText("No jobs yet")).toBeVisible();

  await page.goto("/organizations");
  await page.getByRole("button", { name: "Manage Example Incorporated" }).click();
  await page.getByRole("button", { name: "Delete organization" }).click();
  await expectAccessible(page, "deleting an organization");
  await page.getByRole("dialog").getByRole("button", { name: "Delete organization" }).click();
  await expect(page.getByText("No organizations yet")).toBeVisible();
  await expect(account).toHaveCount(0);
  await page.goto("/keys");
  await expect(page.getByText(EMAIL).first()).toBeVisible();
  // Operators see all keys of the installation: the organization's are revoked.
  await expect(page.getByRole("row", { name: /Shared/ }).first()).toContainText("Revoked");
  await expect(page.getByRole("button", { name: "Revoke Shared" })).toHaveCount(0);
});
