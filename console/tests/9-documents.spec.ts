/** Documents of an agent: a file is read, listed with its passages, replaced, refused and deleted. */
import { check, cutOff, env, expect, expectAccessible, PHONE, test } from "./console.ts";

const CODE = "knows-hours";
const FILE = "Öffnungszeiten 2026.md";
const SECTIONS = ["Monday", "Saturday"];

/** A text of two headings, each with more than one passage takes. */
const text = SECTIONS.map(
  (day) => `# ${day}\n\n${`On ${day} we open at nine, and close at five in the evening. `.repeat(20)}\n`,
).join("\n");

test("documents are added, listed with passages, and deleted", async ({ withKey: page }) => {
  test.slow(); // the agent is made first
  const headers = { "api-secret": env("VISAVIS_API_KEY") };
  const made = await page.request.post("/v1/agent/generate", {
    headers,
    data: { prompt: "You are Ada.", agent_id: CODE, duration: 2, video_aspect_ratio: "1:1" },
  });
  expect(made.ok(), await made.text()).toBe(true);
  const listed = async () =>
    (await (await page.request.get(`/v1/agent/${CODE}/documents`, { headers })).json()).data;

  await page.goto("/agents");
  await page.getByRole("row", { name: new RegExp(CODE) }).click();
  const documents = page.getByRole("dialog").getByRole("region", { name: "Documents" });
  await expect(documents.getByText("This agent knows no documents yet.")).toBeVisible();

  const chooser = documents.getByLabel("File of a document");
  await chooser.setInputFiles({ name: FILE, mimeType: "", buffer: Buffer.from(text) });
  const row = documents.getByRole("row", { name: new RegExp(FILE) });
  await expect(row, "it is ready").toBeVisible();
  const [known] = await listed();
  expect([known.name, known.kind], "the server knows the name of the file").toEqual([FILE, "markdown"]);
  expect(known.passages).toBeGreaterThanOrEqual(2 * SECTIONS.length);
  await expect(row).toContainText("Markdown");
  await expect(row.getByRole("cell", { name: String(known.passages), exact: true })).toBeVisible();
  await expectAccessible(page, "an agent with a document");
  await page.setViewportSize(PHONE);
  await expect.poll(() => cutOff(page), { message: "on a phone" }).toEqual([]);
  await check(page, "an-agent-with-a-document");

  await chooser.setInputFiles({ name: "empty.txt", mimeType: "text/plain", buffer: Buffer.from("") });
  await expect(documents.getByRole("alert")).toContainText("The document is empty.");
  await page.setViewportSize(PHONE);
  await documents.getByLabel("Web address of a document").fill("https://127.0.0.1/secret.html");
  await documents.getByRole("button", { name: "Add address" }).click();
  await expect(documents.getByRole("alert")).toContainText("cannot be fetched");
  await expect(documents.getByRole("alert"), "it is seen without scrolling").toBeInViewport({ ratio: 0.9 });
  expect(await listed()).toHaveLength(1);

  await documents.getByRole("button", { name: `Delete ${FILE}` }).click();
  await expect(page.getByRole("dialog")).toContainText("The agent forgets it from its next answer on.");
  await page.getByRole("button", { name: "Delete document" }).click();
  await expect(documents.getByText("This agent knows no documents yet.")).toBeVisible();
  expect(await listed()).toEqual([]);
});
