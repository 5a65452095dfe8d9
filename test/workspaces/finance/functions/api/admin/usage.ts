import type { Handler } from "../../lib/env";
import { json } from "../../lib/http";

export const onRequestGet: Handler = async ({ env }) => {
  const { results } = await env.DB.prepare("SELECT action, count(*) AS times FROM audit_log GROUP BY action").all<{
    action: string;
    times: number;
  }>();
  return json({ actions: results });
};
