// Serves the page and forwards its requests to visavis. The API key, and what the desk knows, stay on this server.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const { VISAVIS_API_URL = "http://127.0.0.1:8000", VISAVIS_API_KEY, PORT = "3000" } = process.env;
if (!/^[\x21-\x7e]+$/.test(VISAVIS_API_KEY ?? ""))
  fail(
    "Set VISAVIS_API_KEY to the API key that `visavis serve` printed, or make one: visavis keys create NAME",
  );

const DESK = JSON.parse(await readFile(new URL("desk.json", import.meta.url), "utf-8"));
const FILES = {
  "/": ["text/html", new URL("index.html", import.meta.url)],
  "/style.css": ["text/css", new URL("style.css", import.meta.url)],
  "/desk.js": ["text/javascript", new URL("desk.js", import.meta.url)],
  "/visavis-core.js": ["text/javascript", new URL(import.meta.resolve("@visavis/core"))],
  "/livekit-client.js": ["text/javascript", new URL(import.meta.resolve("livekit-client"))],
};

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Asks the API, with the key. */
async function ask(method, path, body) {
  const headers = { Authorization: `Bearer ${VISAVIS_API_KEY}` };
  if (body) headers["Content-Type"] = "application/json";
  return fetch(`${VISAVIS_API_URL}/v1/realtime/session${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

async function forward(answer, response) {
  response.writeHead(answer.status, { "Content-Type": "application/json" }).end(await answer.text());
}

/** Opens a session. A visitor who has left before it was there does not pay for it. */
async function open(response) {
  const answer = await ask("POST", "", { mode: "conversation", ...DESK });
  if (!response.destroyed) return forward(answer, response);
  const { session_id: id } = await answer.json();
  if (id) await ask("DELETE", `/${id}`);
}

/** The face that visavis shows where none is sent, for the time before Ada is there. */
async function portrait(response) {
  const answer = await fetch(`${VISAVIS_API_URL}/console/api/default-face`);
  response.writeHead(answer.status, { "Content-Type": answer.headers.get("Content-Type") ?? "image/jpeg" });
  response.end(Buffer.from(await answer.arrayBuffer()));
}

const server = createServer(async ({ method = "GET", url = "/" }, response) => {
  try {
    const [, id] = /^\/api\/session\/(\w+)$/.exec(url) ?? [];
    const file = FILES[url];
    if (method === "POST" && url === "/api/session") await open(response);
    else if ((method === "DELETE" || method === "GET") && id)
      await forward(await ask(method, `/${id}`), response);
    else if (method === "GET" && url === "/ada.jpg") await portrait(response);
    else if (method === "GET" && file)
      response.setHeader("Content-Type", file[0]).end(await readFile(file[1]));
    else response.writeHead(404).end();
  } catch (error) {
    process.stderr.write(`${method} ${url}: ${error}\n`);
    const body = { error: "unreachable", message: "The desk cannot be reached. Please try again later." };
    response.writeHead(502, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  }
});

server.on("error", (error) => {
  fail(error.code === "EADDRINUSE" ? `Port ${PORT} is in use. Choose another with PORT=…` : `${error}`);
});
server.listen(Number(PORT), "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});
