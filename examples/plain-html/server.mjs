// Serves the page, and stands between it and visavis: the API key stays here.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const { VISAVIS_URL = "http://127.0.0.1:8000", VISAVIS_KEY, PORT = "3000" } = process.env;
if (!VISAVIS_KEY) throw new Error("Give the API key: VISAVIS_KEY=… npm start");

const FILES = {
  "/": ["text/html", new URL("index.html", import.meta.url)],
  "/visavis-core.js": ["text/javascript", new URL(import.meta.resolve("@visavis/core"))],
  "/livekit-client.js": ["text/javascript", new URL(import.meta.resolve("livekit-client"))],
};

/** Sends a request on with the key, and the answer back. */
async function pass(method, path, response) {
  const answer = await fetch(`${VISAVIS_URL}/v1/realtime/session${path}`, {
    method,
    headers: { Authorization: `Bearer ${VISAVIS_KEY}` },
  });
  response.writeHead(answer.status, { "Content-Type": "application/json" }).end(await answer.text());
}

const server = createServer(async ({ method = "GET", url = "/" }, response) => {
  try {
    const [, id] = /^\/api\/session\/(\w+)$/.exec(url) ?? [];
    const file = FILES[url];
    if (method === "POST" && url === "/api/session") await pass("POST", "", response);
    else if (method === "DELETE" && id) await pass("DELETE", `/${id}`, response);
    else if (method === "GET" && file)
      response.setHeader("Content-Type", file[0]).end(await readFile(file[1]));
    else response.writeHead(404).end();
  } catch (error) {
    process.stderr.write(`${method} ${url}: ${error}\n`);
    const body = { error: "unreachable", message: "The avatar service cannot be reached." };
    response.writeHead(502, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  }
});

server.listen(Number(PORT), "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});
