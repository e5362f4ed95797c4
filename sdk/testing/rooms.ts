import { randomBytes } from "node:crypto";
import type { TestProject } from "vitest/node";
import { PYTHON, start } from "./process.js";

/** Where the room server of the tests is, and what opens it. */
export interface RoomServer {
  url: string;
  key: string;
  secret: string;
}

declare module "vitest" {
  interface ProvidedContext {
    rooms: RoomServer;
  }
}

/** Starts the embedded room server for the tests of one project; returns what ends it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [key, secret] = ["testkey", randomBytes(24).toString("hex")];
  const server = await start([PYTHON, "-m", "visavis", "rooms", "--port", "0", "--udp-port", "0"], {
    env: { LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret, VISAVIS_LOG_LEVEL: "error" },
    patterns: [/^\{"url": "([^"]+)"/],
  });
  project.provide("rooms", { url: server.said[0] ?? "", key, secret });
  return server.stop;
}
