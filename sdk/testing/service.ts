import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PYTHON, start } from "./process.js";

/** A running `visavis serve` with everything it needs, in a folder of its own. */
export interface Service {
  url: string;
  key: string;
  stop(): Promise<void>;
}

const UNHURRIED = { VISAVIS_REQUESTS_PER_MINUTE: "1000" };
const READY_S = 120;
const LOOK_EVERY_MS = 500;

/** Starts one, and waits until its worker can take a live session. */
export async function startService(): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), "visavis-service-"));
  await chmod(folder, 0o755); // when root runs the tests, the database is another user
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const server = await start([PYTHON, "-m", "visavis", "serve", "--port", "0", "--data", folder], {
      env: { VISAVIS_LOG_LEVEL: "error", VISAVIS_ROOMS_PORT: "0", VISAVIS_ROOMS_UDP_PORT: "0", ...UNHURRIED },
      patterns: [/visavis is running at (\S+)/, /API key \(shown only once\): (\S+)/],
    });
    const [url = "", key = ""] = server.said;
    const stop = async () => {
      await server.stop();
      await remove();
    };
    try {
      await untilReady(url, key);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return { url, key, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Opens and ends a session, as soon as one can be had: a worker that has just started has no slots yet. */
async function untilReady(url: string, key: string): Promise<void> {
  const headers = { Authorization: `Bearer ${key}` };
  const deadline = Date.now() + READY_S * 1000;
  for (;;) {
    const opened = await fetch(`${url}/v1/realtime/session`, { method: "POST", headers });
    const body = (await opened.json()) as Record<string, string>;
    if (opened.ok) {
      await fetch(`${url}/v1/realtime/session/${body.session_id}`, { method: "DELETE", headers });
      return;
    }
    if (Date.now() > deadline) throw new Error(`The service takes no session: ${body.error}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
