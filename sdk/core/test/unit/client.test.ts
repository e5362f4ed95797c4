import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiClient } from "../../src/api/index.js";

let server: Server;
let baseUrl: string;
let last: { method: string; url: string; key: string; type: string; body: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    let body = "";
    request.setEncoding("latin1").on("data", (piece: string) => (body += piece));
    request.on("end", () => {
      last = { method, url, key: headers.authorization ?? "", type: headers["content-type"] ?? "", body };
      const busy = { error: "no_capacity", message: "All slots are busy.", retry_after_seconds: 30 };
      response.writeHead(503, { "Content-Type": "application/json" }).end(JSON.stringify(busy));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => new Promise((closed) => server.close(closed)));

test("a body without a file is sent as JSON, with the key, and an error is given back", async () => {
  const api = createApiClient({ baseUrl, apiKey: "sk_test" });
  const { data, error, response } = await api.POST("/v1/realtime/session", { body: { mode: "passthrough" } });
  expect(last).toMatchObject({ method: "POST", url: "/v1/realtime/session", key: "Bearer sk_test" });
  expect(last.type).toContain("application/json");
  expect(JSON.parse(last.body)).toEqual({ mode: "passthrough" });
  expect({ data, status: response.status }).toEqual({ data: undefined, status: 503 });
  expect(error).toMatchObject({ error: "no_capacity", retry_after_seconds: 30 });
});

test("a body with a file is sent as a form", async () => {
  const api = createApiClient({ baseUrl, apiKey: "sk_test" });
  const audio = new Blob(["sound"], { type: "audio/wav" });
  await api.POST("/v1/generate", {
    body: { audio, image: new File(["face"], "face.png", { type: "image/png" }) },
  });
  expect(last.type).toMatch(/^multipart\/form-data; boundary=/);
  expect(last.body).toContain('name="audio"');
  expect(last.body).toContain('filename="face.png"');
});

test("what stands in a path is put into it", async () => {
  const api = createApiClient({ baseUrl, apiKey: "sk_test" });
  await api.DELETE("/v1/realtime/session/{session_id}", { params: { path: { session_id: "ses_1" } } });
  expect(last).toMatchObject({ method: "DELETE", url: "/v1/realtime/session/ses_1" });
});

test("lists are sent in a form as JSON", async () => {
  const api = createApiClient({ baseUrl, apiKey: "sk_test" });
  const face = new Blob(["face"], { type: "image/png" }) as unknown as string;
  const knowledge = ["We open at nine.", "We close at six."];
  await api.POST("/v1/realtime/session", {
    body: { face, mode: "conversation", knowledge, transcript: true },
  });
  expect(last.body).toContain(JSON.stringify(knowledge));
  expect(last.body).toMatch(/name="transcript"\r\n\r\ntrue/);
});
