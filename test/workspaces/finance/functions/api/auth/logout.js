import { sessionCookie } from "../../lib/session";

export async function onRequestPost({ env, data, request }) {
  const everywhere = new URL(request.url).searchParams.has("everywhere");
  if (everywhere) {
    await env.DB.prepare("DELETE FROM sessions WHERE user_id = ?1").bind(data.user.id).run();
  } else {
    await env.DB.prepare("DELETE FROM sessions WHERE id = ?1").bind(data.sessionId).run();
  }
  return new Response(null, { status: 204, headers: { "set-cookie": sessionCookie("", 0) } });
}
