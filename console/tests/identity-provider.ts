import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "./console.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PYTHON = join(ROOT, ".venv/bin/python");

/** Makes a certificate authority, and a certificate of it for this machine: `ca.pem`, `idp.key` and `idp.pem`. */
export function makeCertificates(folder: string): void {
  execFileSync(PYTHON, [
    "-c",
    "import sys, trustme; from pathlib import Path; folder = Path(sys.argv[1]); ca = trustme.CA()\n" +
      "ca.cert_pem.write_to_path(str(folder / 'ca.pem')); own = ca.issue_cert('127.0.0.1')\n" +
      "own.private_key_pem.write_to_path(str(folder / 'idp.key'))\n" +
      "own.cert_chain_pems[0].write_to_path(str(folder / 'idp.pem'))",
    folder,
  ]);
}

export interface Running {
  url: string;
  stop: () => Promise<void>;
}

async function running(process: ChildProcess): Promise<Running> {
  const stop = async () => {
    if (process.exitCode !== null) return;
    const gone = new Promise((resolve) => process.once("exit", resolve));
    process.kill("SIGTERM");
    await gone;
  };
  if (!process.stdout) throw new Error("The process has no output.");
  for await (const line of createInterface(process.stdout)) return { url: line.trim(), stop };
  throw new Error("The process did not start.");
}

/** A server that answers as WorkOS does. */
export const startWorkOs = (): Promise<Running> =>
  running(spawn(PYTHON, ["-m", "tests.support.workos"], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] }));

/** A real OpenID Connect provider, whose application `visavis` has the secret `secret`. */
export async function startProvider(folder: string, redirectUri: string): Promise<Running> {
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
  const files = [join(folder, "idp.key"), join(folder, "idp.pem")];
  const script = join(ROOT, "harness/oidc_provider.mjs");
  return await running(
    spawn("node", [script, String(port), ...files, redirectUri], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
}

/** Signs in on the pages of the provider, and agrees to what the application may read. */
export async function signInAtProvider(page: Page, email: string): Promise<void> {
  await page.locator("input[name=login]").fill(email);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
  await page.locator("button[type=submit]").click();
}
