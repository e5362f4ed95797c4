import { API_KEY, API_URL } from "./upstream";

/** Opens a session. The page's body goes on as it is; the key is added here and never leaves the server. */
export async function POST(req: Request): Promise<Response> {
  const contentType = req.headers.get("content-type") ?? "";
  const headers: Record<string, string> = { Authorization: `Bearer ${API_KEY}` };

  let body: BodyInit;
  if (contentType.includes("multipart/form-data")) {
    body = await req.formData();
  } else {
    body = JSON.stringify(await req.json());
    headers["Content-Type"] = "application/json";
  }

  const res = await fetch(`${API_URL}/v1/realtime/session`, { method: "POST", headers, body });
  const session = await res.json();
  // A visitor who has left meanwhile does not pay for a session that nobody sees.
  if (req.signal.aborted && res.ok)
    await fetch(`${API_URL}/v1/realtime/session/${session.session_id}`, { method: "DELETE", headers });
  return Response.json(session, { status: res.status });
}
