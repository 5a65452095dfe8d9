import type { Env, SessionData } from "../lib/env";
import { json } from "../lib/http";

const OPEN = new Set(["/api/auth/login", "/api/health"]);

export const onRequest: PagesFunction<Env, never, SessionData> = async ({ request, data, next }) => {
  const { pathname } = new URL(request.url);
  if (OPEN.has(pathname)) return next();
  if (data.user === null) return json({ error: "Please sign in" }, 401);
  if (pathname.startsWith("/api/admin/") && data.user.role !== "admin") return json({ error: "Not allowed" }, 403);
  return next();
};
