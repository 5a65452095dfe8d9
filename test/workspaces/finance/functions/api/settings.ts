import { cached, keys } from "../lib/cache";
import type { Handler } from "../lib/env";
import { badRequest, json, readJson } from "../lib/http";

const HOUR = 3600;
const KNOWN = new Set(["locale", "currency", "week_start", "invoice_prefix", "reminder_days"]);

export const onRequestGet: Handler = async ({ env, data }) => {
  const settings = await cached(env.CACHE, keys.settings(data.user.id), HOUR, async () => {
    const { results } = await env.DB.prepare("SELECT key, value FROM settings WHERE user_id = ?1")
      .bind(data.user.id)
      .all<{ key: string; value: string }>();
    return Object.fromEntries(results.map((row) => [row.key, row.value]));
  });
  return json(settings);
};

export const onRequestPut: Handler = async ({ request, env, data }) => {
  const body = await readJson<Record<string, string>>(request);
  const entries = Object.entries(body ?? {}).filter(([key]) => KNOWN.has(key));
  if (entries.length === 0) return badRequest("No known setting");

  const save = env.DB.prepare(
    `INSERT INTO settings (user_id, key, value) VALUES (?1, ?2, ?3)
     ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value`,
  );
  await env.DB.batch(entries.map(([key, value]) => save.bind(data.user.id, key, String(value))));
  await env.CACHE.delete(keys.settings(data.user.id));
  return json({ ok: true });
};
