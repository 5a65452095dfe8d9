import { badRequest, json, readJson } from "../../lib/http";

export async function onRequestPost({ request, env }) {
  const body = await readJson(request);
  if (!body?.text) return badRequest("There is nothing to say");

  const { results: users } = await env.DB.prepare("SELECT id FROM users").all();
  users.forEach(async (user) => {
    await env.DB.prepare("INSERT INTO notifications (user_id, kind, body) VALUES (?1, 'broadcast', ?2)")
      .bind(user.id, body.text)
      .run();
  });
  return json({ recipients: users.length }, 202);
}
