import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, last_login TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, title TEXT NOT NULL, kind TEXT NOT NULL, state TEXT);
CREATE INDEX notes_user ON notes (user_id);
CREATE TABLE logins (id INTEGER PRIMARY KEY, note TEXT);
//- /plumbline.json
{ "rules": { "sequential-queries": "off", "cheap-read-cached": "off", "unbounded-read": "off", "count-scan": "off" } }
//- /functions/api/notes.ts
export const onRequestGet = async ({ env, data }) => {
  const key = \`notes:\${data.user.id}\`;
  const kept = await env.CACHE.get(key, "json");
  if (kept !== null) return Response.json(kept);
  const { results } = await env.DB.prepare("SELECT n.id, n.title, u.name FROM notes n JOIN users u ON u.id = n.user_id WHERE n.user_id = ? AND n.kind = 'open' ORDER BY n.id LIMIT 600").bind(data.user.id).all();
  const more = await env.DB.prepare("SELECT sum(length(title)) AS size FROM notes").first();
  await env.CACHE.put(key, JSON.stringify({ results, more }), { expirationTtl: 900 });
  return Response.json(results);
};
`;

describe("cache-without-purge", () => {
  it("marks the write on a way without a purge", () =>
    check(`${schema}
//- /functions/api/notes/add.ts
export const onRequestPost = async ({ env, data, request }) => {
  const { title } = await request.json();
  await env.DB.prepare("INSERT INTO notes (user_id, title, kind) VALUES (?, ?, 'open')").bind(data.user.id, title).run();
               ^^^^^^^ cache-without-purge \`notes\` is written at \`POST /api/notes/add\`, and the cached \`notes:\${data.user.id}\` of it is not purged
  return new Response(null, { status: 201 });
};
`));

  it("marks what changes through a foreign key", () =>
    check(`${schema}
//- /functions/api/team.ts
export const onRequestPut = async ({ env, data, request }) => {
  const { name } = await request.json();
  await env.DB.prepare("UPDATE users SET name = ? WHERE id = ?").bind(name, data.user.id).run();
               ^^^^^^^ cache-without-purge \`users\` is written
  return new Response(null, { status: 204 });
};
`));

  it("is silent where it is purged, and where nothing changes that is read", () =>
    check(`${schema}
//- /functions/api/notes/add.ts
export const onRequestPost = async ({ env, data, request }) => {
  const { title } = await request.json();
  await env.DB.prepare("INSERT INTO notes (user_id, title, kind) VALUES (?, ?, 'open')").bind(data.user.id, title).run();
  await env.CACHE.delete(\`notes:\${data.user.id}\`);
  return new Response(null, { status: 201 });
};
export const onRequestPut = async ({ env, data }) => {
  await env.DB.prepare("UPDATE users SET last_login = ? WHERE id = ?").bind("now", data.user.id).run();
  await env.DB.prepare("UPDATE notes SET state = 'read' WHERE user_id = ?").bind(data.user.id).run();
  await env.DB.prepare("INSERT INTO logins (note) VALUES (?)").bind("x").run();
  return new Response(null, { status: 204 });
};
`));
});
