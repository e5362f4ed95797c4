/** The list of payments, and one of them. */
import { cutOff, expect, expectAccessible, PHONE, test } from "./console.ts";
import { PAYMENTS } from "./payments.ts";

test("payments are listed whole, on a tablet and on a phone", async ({ signedIn: page }) => {
  await page.route("**/console/api/payments?*", (route) => route.fulfill({ json: PAYMENTS }));
  await page.setViewportSize({ width: 1024, height: 900 });
  await page.goto("/payments");
  const first = page.getByRole("row", { name: /Session/ }).first();
  await expect(first).toBeVisible();
  await expect.poll(() => cutOff(page), { message: "on a tablet" }).toEqual([]);
  await expectAccessible(page, "payments on a tablet");
  await page.setViewportSize(PHONE);
  await expect.poll(() => cutOff(page), { message: "on a phone" }).toEqual([]);
  await expect(page.getByText("Solana devnet"), "cards show what a tablet leaves out").toBeVisible();
  await page.goto("/payments?payment=2");
  await expect(page.getByRole("dialog")).toContainText("used the signature for something else");
  await expectAccessible(page, "a payment");
});
