import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE lists (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, title TEXT, "order" INTEGER);
CREATE TABLE items (id INTEGER PRIMARY KEY, list_id INTEGER REFERENCES lists (id) ON DELETE CASCADE, title TEXT);
CREATE INDEX items_list_id ON items (list_id);
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE pets (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people (id) ON DELETE SET NULL);
CREATE INDEX pets_person_id ON pets (person_id);
CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT);
CREATE TABLE doc_count (n INTEGER);
CREATE TRIGGER docs_gone AFTER DELETE ON docs BEGIN UPDATE doc_count SET n = n - 1; END;
CREATE TRIGGER items_new AFTER INSERT ON items BEGIN DELETE FROM docs WHERE id = new.id; END;
CREATE TABLE visits (id INTEGER PRIMARY KEY, list_id INTEGER REFERENCES lists (id) ON DELETE CASCADE);
CREATE INDEX visits_list_id ON visits (list_id);
`;

describe("insert-or-replace-cascade", () => {
  it("names what the deleted row takes along", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("INSERT OR REPLACE INTO lists (id, slug) VALUES (1, 'a')"),
                                         ^^^^^ insert-or-replace-cascade REPLACE deletes the old row of \`lists\` first, which deletes its rows in \`items\` (ON DELETE CASCADE) and deletes its rows in \`visits\`
  env.DB.prepare("REPLACE INTO lists (slug) VALUES ('a')"),
                               ^^^^^ insert-or-replace-cascade
  env.DB.prepare("REPLACE INTO people VALUES (1, 'Eve')"),
                               ^^^^^^ insert-or-replace-cascade which detaches its rows in \`pets\` (ON DELETE SET NULL)
  env.DB.prepare("INSERT OR REPLACE INTO docs (id, body) VALUES (1, 'x')"),
                                         ^^^^ insert-or-replace-cascade and its trigger \`docs_gone\` does not run then
];
`));

  it("keeps silent where nothing hangs on the row, or none can be in the way", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("INSERT OR REPLACE INTO items (id, title) VALUES (1, 'a')"),
  env.DB.prepare("INSERT OR REPLACE INTO people (name) VALUES ('Eve')"),
  env.DB.prepare("INSERT INTO lists (id, slug) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET slug = excluded.slug"),
  env.DB.prepare("INSERT OR IGNORE INTO lists (id, slug) VALUES (1, 'a')"),
];
`));

  const code = (sql: string): string => `//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare(${sql}).run();\n`;
  const fixes: readonly (readonly [string, string])[] = [
    ['"REPLACE INTO people (id, name) VALUES (1, \'Eve\')"', '"INSERT INTO people (id, name) VALUES (1, \'Eve\') ON CONFLICT (id) DO UPDATE SET name = excluded.name"'],
    ['"insert or replace into people values (1, \'Eve\') RETURNING id"', '"INSERT into people values (1, \'Eve\') ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING id"'],
    ['"REPLACE INTO lists (slug, title, [order]) VALUES (\'a\', \'b\', 1)"', '"INSERT INTO lists (slug, title, [order]) VALUES (\'a\', \'b\', 1) ON CONFLICT (slug) DO UPDATE SET title = excluded.title, \\"order\\" = excluded.\\"order\\""'],
    ['"REPLACE INTO people (id) VALUES (1)"', '"INSERT INTO people (id) VALUES (1) ON CONFLICT (id) DO NOTHING"'],
  ];
  for (const [before, after] of fixes) it(`fix: ${after}`, () => checkFix(`${schema}${code(before)}`, "ON CONFLICT", code(after)));

  it("offers nothing where two keys can be in the way, or the rows come from a SELECT", async () => {
    const findings = await review(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("REPLACE INTO lists (id, slug) VALUES (1, 'a')"),
  env.DB.prepare("REPLACE INTO people (id, name) SELECT id, title FROM items WHERE id = 1"),
];
`);
    assert.deepEqual(findings.map((finding) => `${finding.rule} ${finding.fixes().length}`), ["insert-or-replace-cascade 0", "insert-or-replace-cascade 0"]);
  });
});
