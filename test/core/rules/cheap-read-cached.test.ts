import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE pages (slug TEXT PRIMARY KEY, title TEXT NOT NULL, views INTEGER NOT NULL);
CREATE INDEX pages_title ON pages (title);
//- /plumbline.json
{ "rows": { "pages": 60000 }, "rules": { "sequential-queries": "off", "unbounded-read": "off", "count-scan": "off" } }
`;

const handler = (sql: string, label = ""): string => `${schema}
//- /functions/pages/[slug].ts
export const onRequestGet = async ({ env, params }) => {
  const kept = await env.CACHE.get(\`page:\${params.slug}\`, "json");
${label}  if (kept !== null) return Response.json(kept);
  const page = await env.DB.prepare("${sql}").bind(params.slug).first();
  await env.CACHE.put(\`page:\${params.slug}\`, JSON.stringify(page), { expirationTtl: 300 });
  return Response.json(page);
};
`;

describe("cheap-read-cached", () => {
  it("marks the cache of a lookup by key", () =>
    check(handler("SELECT title FROM pages WHERE slug = ?", "                               ^^^ cheap-read-cached reads about 1 row, and its cache costs as much as 500\n")));

  it("is silent where the read costs more", () => check(handler("SELECT count(*) AS many FROM pages WHERE title > ?")));
});
