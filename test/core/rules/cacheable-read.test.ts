import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), state TEXT NOT NULL, total INTEGER NOT NULL, views INTEGER NOT NULL DEFAULT 0, placed_at TEXT NOT NULL);
CREATE INDEX orders_state ON orders (state, total);
CREATE INDEX orders_user ON orders (user_id, placed_at);
CREATE INDEX orders_views ON orders (views);
//- /plumbline.json
{ "rows": { "orders": 40000, "users": 500 }, "rules": { "sequential-queries": "off", "cheap-read-cached": "off", "unbounded-read": "off", "count-scan": "off" } }
`;

describe("cacheable-read", () => {
  it("marks what a dashboard reads", () =>
    check(`${schema}
//- /functions/api/dashboard.ts
export const onRequestGet = async ({ env }) => {
  const all = await env.DB.prepare("SELECT state, sum(total) AS total FROM orders GROUP BY state").all();
                           ^^^^^^^ cacheable-read About 40,000 rows of \`orders\` are read at each \`GET /api/dashboard\`: a cache of 300 s would save 75%
  return Response.json(all.results);
};
`));

  it("is silent where a call reads little, is another one each time, or only writes ask", () =>
    check(`${schema}
//- /functions/api/dashboard/[id].ts
export const onRequestGet = async ({ env, data, params }) => {
  const own = await env.DB.prepare("SELECT total FROM orders WHERE user_id = ? ORDER BY placed_at DESC LIMIT 20").bind(data.user.id).all();
  const one = await env.DB.prepare("SELECT total FROM orders WHERE id = ?").bind(params.id).first();
  return Response.json({ own: own.results, one });
};
export const onRequestPost = async ({ env }) => {
  const all = await env.DB.prepare("SELECT state, sum(total) AS total FROM orders GROUP BY state").all();
  return Response.json(all.results);
};
`));

  it("is silent where every request writes what is read", () =>
    check(`${schema}
//- /functions/api/stats.ts
export const onRequestGet = async ({ env, params }) => {
  await env.DB.prepare("UPDATE orders SET views = views + 1 WHERE id = ?").bind(params.id).run();
  const all = await env.DB.prepare("SELECT views, count(*) AS many FROM orders GROUP BY views").all();
  return Response.json(all.results);
};
`));
});
