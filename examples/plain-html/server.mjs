// Serves the page and forwards its requests to visavis. The API key stays on this server.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const { VISAVIS_API_URL = "http://127.0.0.1:8000", VISAVIS_API_KEY, PORT = "3000" } = process.env;
if (!/^[\x21-\x7e]+$/.test(VISAVIS_API_KEY ?? ""))
  fail(
    "Set VISAVIS_API_KEY to the API key that `visavis serve` printed, or make one: visavis keys create NAME",
  );

const FILES = {
  "/": ["text/html", new URL("index.html", import.meta.url)],
  "/style.css": ["text/css", new URL("style.css", import.meta.url)],
  "/visavis-core.js": ["text/javascript", new URL(import.meta.resolve("@visavis/core"))],
  "/livekit-client.js": ["text/javascript", new URL(import.meta.resolve("livekit-client"))],
};

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Forwards a request with the API key and returns the response. */
async function forward(method, path, response) {
  const answer = await fetch(`${VISAVIS_API_URL}/v1/realtime/session${path}`, {
    method,
    headers: { Authorization: `Bearer ${VISAVIS_API_KEY}` },
  });
  const body = await answer.text();
  // A visitor who has left meanwhile does not pay for a session that nobody sees.
  if (method === "POST" && answer.ok && response.destroyed)
    return forward("DELETE", `/${JSON.parse(body).session_id}`, response);
  response.writeHead(answer.status, { "Content-Type": "application/json" }).end(body);
}

const server = createServer(async ({ method = "GET", url = "/" }, response) => {
  try {
    const [, id] = /^\/api\/session\/(\w+)$/.exec(url) ?? [];
    const file = FILES[url];
    if (method === "POST" && url === "/api/session") await forward("POST", "", response);
    else if (method === "DELETE" && id) await forward("DELETE", `/${id}`, response);
    else if (method === "GET" && file)
      response.setHeader("Content-Type", file[0]).end(await readFile(file[1]));
    else response.writeHead(404).end();
  } catch (error) {
    process.stderr.write(`${method} ${url}: ${error}\n`);
    const body = { error: "unreachable", message: "Could not reach the avatar service." };
    response.writeHead(502, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  }
});

server.on("error", (error) => {
  fail(error.code === "EADDRINUSE" ? `Port ${PORT} is in use. Choose another with PORT=…` : `${error}`);
});
server.listen(Number(PORT), "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});
