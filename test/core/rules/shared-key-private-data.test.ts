import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), month TEXT NOT NULL, total INTEGER NOT NULL);
CREATE INDEX invoices_user ON invoices (user_id, month);
//- /plumbline.json
{ "rules": { "sequential-queries": "off", "cheap-read-cached": "off", "unbounded-read": "off", "count-scan": "off" } }
`;

const handler = (key: string, label = ""): string => `${schema}
//- /functions/api/overview.ts
export const onRequestGet = async ({ env, data, request }) => {
  const month = new URL(request.url).searchParams.get("month");
  const kept = await env.CACHE.get(${key}, "json");
${label}  if (kept !== null) return Response.json(kept);
  const row = await env.DB.prepare("SELECT sum(total) AS total FROM invoices WHERE user_id = ? AND month = ?").bind(data.user.id, month).first();
  await env.CACHE.put(${key}, JSON.stringify(row), { expirationTtl: 300 });
  return Response.json(row);
};
`;

const mark = "                               ^^^ shared-key-private-data is the same for every user, and the rows are those of one: `invoices.user_id` is `data.user.id`\n";

describe("shared-key-private-data", () => {
  it("marks a key without the user", () => check(handler('"overview"', mark)));

  it("marks a key that tells months apart and no users", () => check(handler("`overview:${month}`", mark)));

  it("is silent where the user is in the key, or may be", async () => {
    await check(handler("`overview:${data.user.id}:${month}`"));
    await check(handler("`overview:${data.session}`"));
  });
});
