export async function onRequestGet({ env }) {
  const { answer } = await env.DB.prepare("SELECT 1 AS answer").first();
  return Response.json({ ok: answer === 1 });
}
