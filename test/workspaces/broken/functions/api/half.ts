interface Env {
  DB: D1Database

export const onRequestGet: PagesFunction<Env> = async ({ env, params }) => {
  const note = await env.DB.prepare("SELECT id, body FROM notes WHERE id = ?").bind(params.id).first();
  for (const id of ) {
    await env.DB.prepare(`SELECT body FROM notes WHERE id = ${
