import type { Env } from "../../lib/env";
import { badRequest, json, readJson } from "../../lib/http";
import { hashPassword } from "../../lib/password";
import { openSession, sessionCookie } from "../../lib/session";

interface Credentials {
  email: string;
  password: string;
}

export const onRequestPost: PagesFunction<Env> = async ({ request, env }) => {
  const body = await readJson<Credentials>(request);
  if (!body?.email || !body.password) return badRequest("E-mail and password are needed");

  const user = await env.DB.prepare("SELECT id, name, password_salt, password_hash FROM users WHERE email = ?")
    .bind(body.email.trim())
    .first<{ id: number; name: string; password_salt: string; password_hash: string }>();
  if (user === null || (await hashPassword(body.password, user.password_salt)) !== user.password_hash) {
    return json({ error: "Wrong e-mail or password" }, 401);
  }

  const id = await openSession(env.DB, user.id, request.headers.get("user-agent"));
  return Response.json({ name: user.name }, { headers: { "set-cookie": sessionCookie(id) } });
};
