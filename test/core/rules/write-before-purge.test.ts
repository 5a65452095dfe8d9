import { check } from "../../support/review";

const handler = (body: string): string => `
//- /migrations/0001_init.sql
CREATE TABLE notices (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
//- /functions/api/notices.ts
export const onRequestGet = async ({ env }) => {
  const kept = await env.CACHE.get("notices", "json");
  if (kept !== null) return Response.json(kept);
  const { results } = await env.DB.prepare("SELECT id, title FROM notices ORDER BY id LIMIT 900").all();
  await env.CACHE.put("notices", JSON.stringify(results), { expirationTtl: 1800 });
  return Response.json(results);
};
export const onRequestPost = async ({ env, request }) => {
  const title = await request.text();
${body}
  return new Response(null, { status: 201 });
};
`;

describe("write-before-purge", () => {
  it("marks the purge that comes first", () =>
    check(
      handler(`  await env.CACHE.delete("notices");
                  ^^^^^^ write-before-purge This purges before \`notices\` is written
  await env.DB.prepare("INSERT INTO notices (title) VALUES (?)").bind(title).run();`),
    ));

  it("is silent where it is purged again afterwards, or only then", async () => {
    const write = '  await env.DB.prepare("INSERT INTO notices (title) VALUES (?)").bind(title).run();';
    const purge = '  await env.CACHE.delete("notices");';
    await check(handler(`${write}\n${purge}`));
    await check(handler(`${purge}\n${write}\n${purge}`));
  });
});
