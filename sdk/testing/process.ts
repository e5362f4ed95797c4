import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const READY_S = 120;
const STOP_S = 60;

/** The Python of the repository's environment, or the one that TEST_PYTHON names. */
export const PYTHON =
  process.env.TEST_PYTHON ?? fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));

/** A program that a test started. */
export interface Started {
  /** What each pattern found in what the program said, in their order. */
  said: string[];
  stop(): Promise<void>;
}

/**
 * Starts a program and waits until it has said what it has to say.
 *
 * @param command - The program and its arguments.
 * @param options - `patterns`: matched line by line, one after the other; the first group of each is kept.
 * @throws Error when it ends, or is not ready in time.
 */
export async function start(
  command: [string, ...string[]],
  { env, cwd, patterns }: { env: Record<string, string>; cwd?: string; patterns: RegExp[] },
): Promise<Started> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PYTHONUNBUFFERED: "1", ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const stop = () => end(child);
  try {
    return { said: await listen(child, patterns), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(child: ChildProcess, patterns: RegExp[]): Promise<string[]> {
  if (child.stdout === null) throw new Error("The program has no output");
  const deadline = setTimeout(() => child.kill("SIGKILL"), READY_S * 1000);
  const said: string[] = [];
  const output = child.stdout;
  const lines = createInterface(output);
  try {
    for await (const line of lines) {
      const found = patterns[said.length]?.exec(line)?.[1];
      if (found !== undefined) said.push(found);
      if (said.length === patterns.length) return said;
    }
  } finally {
    clearTimeout(deadline);
    output.resume(); // what it says later is not read, and must not block it
  }
  throw new Error(`${child.spawnargs.join(" ")} did not start; has \`make setup\` been run?`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, "exit");
  const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_S * 1000);
  child.kill("SIGTERM");
  await gone;
  clearTimeout(deadline);
}
