import assert from "node:assert/strict";
import { review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE notes (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, title TEXT NOT NULL);
CREATE INDEX notes_owner ON notes (owner);
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT);
`;
const said = async (code: string): Promise<readonly (readonly [string, unknown])[]> =>
  (await review(`${schema}\n//- /src/a.ts\n${code}\n`)).map(({ message, data }) => [message, data.variant]);

describe("a finding that is not true of all forms of a text", () => {
  it("names the condition that makes it true", async () => {
    assert.deepEqual(
      await said(`
export function list(env: Env, q: { state?: string; archived?: boolean }, values: unknown[]) {
  let sql = "SELECT title FROM notes WHERE owner = ?";
  if (q.state) sql += " AND state = ?";
  if (!q.archived) sql += " AND hidden = 0";
  return env.DB.prepare(sql).bind(...values).all();
}`),
      [
        ["The table `notes` has no column `state` (when `q.state`)", { count: 2, of: 3, when: "q.state" }],
        ["The table `notes` has no column `hidden` (unless `q.archived`)", { count: 1, of: 2, unless: "q.archived" }],
      ],
    );
  });

  it("counts the forms where no one condition does", async () => {
    assert.deepEqual(
      await said(`
const tables = { notes: "notes", tags: "tags" };
export const one = (env: Env, kind: keyof typeof tables, id: number) => env.DB.prepare(\`SELECT title FROM \${tables[kind]} WHERE id = ?\`).bind(id).first();`),
      [["The table `tags` has no column `title` (in 1 of the 2 forms of this text)", { count: 1, of: 2 }]],
    );
  });

  it("says nothing where it is true of all, whatever the figures", async () => {
    const found = await said(`
export function list(env: Env, title: string | undefined, values: unknown[]) {
  let sql = "SELECT id FROM notes WHERE state = ?";
  if (title) sql += " AND title = ?";
  return env.DB.prepare(sql).bind(...values).all();
}`);
    assert.deepEqual(found, [["The table `notes` has no column `state`", undefined]]);
  });

  it("does not count forms of which a part is not known", async () => {
    const found = await said(`
export function list(env: Env, more: string | undefined, values: unknown[]) {
  let sql = "SELECT id FROM notes WHERE title = ?";
  if (more) sql += more;
  return env.DB.prepare(sql).bind(...values).all();
}`);
    assert.deepEqual(found.map(([, variant]) => variant), found.map(() => undefined));
    assert.ok(found.length > 0);
  });

  it("keeps a condition that decides alone apart from one that goes with it", async () => {
    const [found] = await said(`
export function list(env: Env, a: string | undefined, b: string | undefined) {
  const sql = a ? "SELECT id FROM notes WHERE id = ?" : b ? "SELECT body FROM notes WHERE id = ?" : "SELECT title FROM notes WHERE id = ?";
  return env.DB.prepare(sql).bind(1).all();
}`);
    assert.deepEqual(found, ["The table `notes` has no column `body` (in 1 of the 3 forms of this text)", { count: 1, of: 3 }]);
  });

  it("says where it is the text without or with all that is optional", async () => {
    const found = await said(`
export function list(env: Env, q: { title?: string; owner?: string }, values: unknown[]) {
  let sql = "SELECT n.id FROM notes n";
  if (q.owner) sql += " JOIN tags t ON t.id = n.owner";
  if (q.title) sql += " WHERE id = 1";
  return env.DB.prepare(sql).bind(...values).all();
}`);
    assert.deepEqual(found, [["SQLite rejects this statement: ambiguous column name: id (in the longest of the 4 forms of this text)", { count: 1, of: 4 }]]);
  });
});
