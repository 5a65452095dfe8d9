import type { Handler } from "../../lib/env";
import { json } from "../../lib/http";

const AT_ONCE = 500;

/** Removes expired sessions a portion at a time, so that no statement holds the database for long. */
export const onRequestPost: Handler = async ({ env }) => {
  let removed = 0;
  let portion: number;
  do {
    const { meta } = await env.DB.prepare(
      `DELETE FROM sessions WHERE expires_at < datetime('now') ORDER BY expires_at LIMIT ${AT_ONCE}`,
    ).run();
    portion = meta.changes;
    removed += portion;
  } while (portion === AT_ONCE);
  return json({ removed });
};
