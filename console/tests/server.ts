import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { makeCertificates, startWorkOs } from "./identity-provider.ts";

const BIN = resolve(import.meta.dirname, "../../.venv/bin");
const START_MS = 180_000;
const STOP_MS = 60_000;

/** Starts a fresh `visavis serve`, and a spoken sentence to put into the microphone. */
export default async function startServer(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "visavis-console-"));
  execFileSync("chmod", ["755", folder]); // the database has a user of its own
  const speech = join(folder, "speech.wav");
  const portrait = join(folder, "portrait.png");
  const photo = join(folder, "photo.png");
  const lying = join(folder, "lying.png");
  const question = join(folder, "question.wav"); // with so much silence around it that an answer fits in
  const adpcm = join(folder, "adpcm.wav"); // the server can read it, and no browser
  execFileSync(join(BIN, "python"), [
    "-c",
    "import sys; from pathlib import Path; from visavis import samples; " +
      "samples.write_sentence(Path(sys.argv[1])); samples.write_portrait(Path(sys.argv[2])); " +
      "samples.write_astronaut(Path(sys.argv[3])); from PIL import Image; " +
      "Image.open(sys.argv[2]).rotate(90, expand=True).save(sys.argv[4])",
    speech,
    portrait,
    photo,
    lying,
  ]);
  execFileSync(join(BIN, "python"), [
    "-c",
    "import sys, av\n" +
      "with av.open(sys.argv[1]) as read, av.open(sys.argv[2], 'w') as write:\n" +
      "    stream = write.add_stream('adpcm_ms', rate=16000, layout='mono')\n" +
      "    fit = av.AudioResampler('s16', 'mono', 16000, frame_size=stream.codec_context.frame_size or 500)\n" +
      "    for frame in [*read.decode(audio=0), None]:\n" +
      "        for part in fit.resample(frame): write.mux(stream.encode(part))\n" +
      "    write.mux(stream.encode(None))",
    speech,
    adpcm,
  ]);
  execFileSync(join(BIN, "python"), [
    "-c",
    "import asyncio, sys, wave, numpy as np\n" +
      "from visavis.bootstrap import read_settings\n" +
      "from visavis.bootstrap.speech import synthesizer\n" +
      "from visavis.ports import Voice\n" +
      "async def speak():\n" +
      "    voices = synthesizer(read_settings())\n" +
      "    return [part async for part in voices.speak('What are your opening hours?', Voice('en-us'))]\n" +
      "parts = asyncio.run(speak())\n" +
      "rate, pause = parts[0].rate_hz, np.zeros(parts[0].rate_hz * 9)\n" +
      "sound = np.concatenate([pause, *(part.samples for part in parts), pause])\n" +
      "with wave.open(sys.argv[1], 'wb') as file:\n" +
      "    file.setnchannels(1), file.setsampwidth(2), file.setframerate(rate)\n" +
      "    file.writeframes((sound.clip(-1, 1) * 32000).astype('<i2').tobytes())",
    question,
  ]);
  makeCertificates(folder);
  const workos = await startWorkOs();
  const server = spawn(join(BIN, "visavis"), ["serve", "--port", "0", "--data", join(folder, "data")], {
    env: {
      ...process.env,
      VISAVIS_ROOMS_PORT: "0",
      VISAVIS_ROOMS_UDP_PORT: "0",
      VISAVIS_REQUESTS_PER_MINUTE: "1000",
      VISAVIS_SSO_NETWORKS: "127.0.0.0/8",
      VISAVIS_SSO_CA: join(folder, "ca.pem"),
      VISAVIS_SSO_WORKOS_API_KEY: "sk_test_key",
      VISAVIS_SSO_WORKOS_CLIENT_ID: "client_123",
      VISAVIS_SSO_WORKOS_URL: workos.url,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async () => {
    await ended(server);
    await workos.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const said = await greeting(server);
    process.env.VISAVIS_API_URL = said.url;
    process.env.VISAVIS_API_KEY = said.key;
    process.env.VISAVIS_LINK = said.link;
    process.env.CERTIFICATES = folder;
    process.env.SPEECH_FILE = speech;
    process.env.QUESTION_FILE = question;
    process.env.PHOTO_FILE = photo;
    process.env.PORTRAIT_FILE = portrait;
    process.env.LYING_FILE = lying;
    process.env.ADPCM_FILE = adpcm;
    await healthy(said.url);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Reads what the server prints at its first start: where it is, a key, and the first sign-in link. */
async function greeting(server: ChildProcess): Promise<{ url: string; key: string; link: string }> {
  if (!server.stdout) throw new Error("The server has no output.");
  const found: Record<string, string> = {};
  const late = setTimeout(() => server.kill(), START_MS);
  try {
    for await (const line of createInterface(server.stdout)) {
      found.url ??= /visavis is running at (http:\S+)/.exec(line)?.[1] ?? "";
      found.key ||= /(sk_live_\w+)/.exec(line)?.[1] ?? "";
      found.link ||= /(http:\S+\/sign-in#\S+)/.exec(line)?.[1] ?? "";
      if (found.url && found.key && found.link) return { url: found.url, key: found.key, link: found.link };
    }
  } finally {
    clearTimeout(late);
  }
  throw new Error(`The server did not start: ${JSON.stringify(found)}`);
}

async function healthy(url: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const answer = await fetch(`${url}/v1/health`).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error("The server did not become healthy.");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  const late = setTimeout(() => server.kill("SIGKILL"), STOP_MS);
  await gone;
  clearTimeout(late);
}
