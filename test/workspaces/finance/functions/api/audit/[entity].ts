import type { Handler } from "../../lib/env";
import { badRequest, json } from "../../lib/http";

/** The history of one thing: `/api/audit/invoice?id=42` */
export const onRequestGet: Handler<"entity"> = async ({ request, env, params }) => {
  const id = Number(new URL(request.url).searchParams.get("id"));
  if (!Number.isInteger(id) || id <= 0) return badRequest("Which one?");

  const history = env.DB.prepare(
    "SELECT action, detail, created_at FROM audit_log WHERE entity = ?1 AND entity_id = ?2",
  );
  const { results } = await history.bind(params.entity, id).all();
  return json({ history: results });
};
