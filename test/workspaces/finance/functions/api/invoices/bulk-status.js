import { badRequest, json, readJson } from "../../lib/http";

export async function onRequestPost({ request, env, data }) {
  const { ids, status } = (await readJson(request)) ?? {};
  if (!Array.isArray(ids) || !["sent", "paid", "void"].includes(status)) return badRequest("ids and status are needed");

  const results = await Promise.all(
    ids.map((id) =>
      env.DB.prepare("UPDATE invoices SET status = ? WHERE id = ? AND user_id = ?")
        .bind(status, id, data.user.id)
        .run(),
    ),
  );
  return json({ changed: results.reduce((sum, result) => sum + result.meta.changes, 0) });
}
