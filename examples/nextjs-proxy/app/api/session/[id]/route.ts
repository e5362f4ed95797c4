import { API_KEY, API_URL } from "../upstream";

type Context = { params: Promise<{ id: string }> };

/** Ends a session, and with it its cost. */
export async function DELETE(_req: Request, { params }: Context): Promise<Response> {
  return pass("DELETE", (await params).id);
}

/** How a session is, and why it ended. */
export async function GET(_req: Request, { params }: Context): Promise<Response> {
  return pass("GET", (await params).id);
}

async function pass(method: string, id: string): Promise<Response> {
  const res = await fetch(`${API_URL}/v1/realtime/session/${encodeURIComponent(id)}`, {
    method,
    headers: { Authorization: `Bearer ${API_KEY}` },
  });
  return Response.json(await res.json(), { status: res.status });
}
