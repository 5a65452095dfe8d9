export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}

export function badRequest(message: string): Response {
  return json({ error: message }, 400);
}

export function notFound(what = "Not found"): Response {
  return json({ error: what }, 404);
}

export async function readJson<T>(request: Request): Promise<T | null> {
  try {
    return (await request.json()) as T;
  } catch {
    return null;
  }
}

export function limitFrom(url: URL, fallback = 50, most = 200): number {
  const limit = Number.parseInt(url.searchParams.get("limit") ?? "", 10);
  return Number.isFinite(limit) && limit > 0 ? Math.min(limit, most) : fallback;
}
