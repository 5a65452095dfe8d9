import { cached, keys } from "../../lib/cache";
import { badRequest, json, readJson } from "../../lib/http";

const HALF_HOUR = 1800;

// The path sorts the tree: every part is as wide as the widest position.
const TREE = `
  WITH RECURSIVE tree (id, parent_id, name, kind, depth, path) AS (
    SELECT id, parent_id, name, kind, 0, printf('%04d', position)
    FROM categories
    WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, c.parent_id, c.name, c.kind, tree.depth + 1, tree.path || '.' || printf('%04d', c.position)
    FROM categories c
    JOIN tree ON c.parent_id = tree.id
  )
  SELECT id, parent_id, name, kind, depth FROM tree ORDER BY path
`;

export async function onRequestGet({ env }) {
  const categories = await cached(env.CACHE, keys.categories(), HALF_HOUR, async () => {
    const { results } = await env.DB.prepare(TREE).all();
    return results;
  });
  return json({ categories });
}

export async function onRequestPost({ request, env }) {
  const body = await readJson(request);
  if (!body?.name || !body.kind) return badRequest("A category has a name and a kind");

  const position = await env.DB.prepare(
    "SELECT coalesce(max(position), 0) + 1 AS position FROM categories WHERE parent_id IS ?1",
  )
    .bind(body.parentId ?? null)
    .first("position");
  const category = await env.DB.prepare(
    "INSERT INTO categories (parent_id, name, kind, position) VALUES (?1, ?2, ?3, ?4) RETURNING *",
  )
    .bind(body.parentId ?? null, body.name.trim(), body.kind, position)
    .first();
  await env.CACHE.delete(keys.categories());
  return json(category, 201);
}
