// What is worked out anew after an edit, by the analysis' own counters; and that it makes no difference to the findings.

import assert from "node:assert/strict";
import fc from "fast-check";
import { Analysis } from "../../../src/core/analysis/analysis";
import type { Counters } from "../../../src/core/analysis/analysis";
import type { Snapshot } from "../../../src/core/analysis/snapshot";
import { testEngine } from "../../support/engine";
import { nextSnapshot } from "../../support/edits";
import { parseFixture } from "../../support/fixture";

const project = parseFixture(`
  //- /migrations/0001_init.sql
  CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, total INTEGER);
  //- /src/users.ts
  export const find = (env) => env.DB.prepare("SELECT id FROM users WHERE email = ?").bind("a").first();
  //- /src/orders.ts
  export const list = (env) => env.DB.prepare("SELECT total FROM orders WHERE user_id = ?").bind(1).all();
  //- /src/plain.ts
  export const sum = (a, b) => a + b;
`).files;

/** An analysis whose texts are edited, with what each edit cost. */
class Edited {
  readonly files = new Map(project);
  readonly #analysis: Analysis;
  #snapshot: Snapshot | undefined;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
  }

  edit(changes: Readonly<Record<string, string | undefined>>): Partial<Counters> {
    for (const [path, text] of Object.entries(changes)) {
      if (text === undefined) this.files.delete(path);
      else this.files.set(path, text);
    }
    const before = { ...this.#analysis.counters };
    this.findings();
    const after = this.#analysis.counters;
    return Object.fromEntries(Object.entries(after).flatMap(([name, count]) => (count === before[name as keyof Counters] ? [] : [[name, count - before[name as keyof Counters]]])));
  }

  findings(): readonly string[] {
    this.#snapshot = nextSnapshot(this.files, this.#snapshot);
    const analysis = this.#analysis;
    for (const _ of analysis.prepare(this.#snapshot));
    return [...analysis.files(this.#snapshot)].flatMap(({ findings }) => findings.map(({ rule, severity, file, span, message, related }) => JSON.stringify([rule, severity, file, span, message, related])));
  }

  close(): void {
    this.#analysis.close();
  }
}

describe("an edit", () => {
  let edited: Edited;
  beforeEach(async () => {
    edited = new Edited(new Analysis(await testEngine()));
    edited.edit({});
  });
  afterEach(() => edited.close());

  it("of nothing costs nothing", () => {
    assert.deepEqual(edited.edit({}), {});
  });

  it("in one code file costs that file's work alone", () => {
    assert.deepEqual(edited.edit({ "src/orders.ts": 'export const list = (env) => env.DB.prepare("SELECT * FROM orders WHERE total = ?").bind(1).all();' }), { facts: 1, reviews: 1 });
    assert.deepEqual(edited.edit({ "src/plain.ts": "export const sum = (a, b) => b + a;" }), { facts: 1, reviews: 1 });
  });

  it("of a comment in code rebuilds no database", () => {
    assert.deepEqual(edited.edit({ "src/users.ts": `// Finds a user.\n${project.get("src/users.ts")!}` }), { facts: 1, reviews: 1 });
  });

  it("in a migration replays it and reviews all code, whose facts stay", () => {
    const text = project.get("migrations/0001_init.sql")!;
    assert.deepEqual(edited.edit({ "migrations/0001_init.sql": `${text}CREATE INDEX orders_user ON orders (user_id);` }), { models: 1, databases: 1, reviews: 3 });
  });

  it("that adds a migration does the same", () => {
    assert.deepEqual(edited.edit({ "migrations/0002_index.sql": "CREATE INDEX orders_user ON orders (user_id);" }), { models: 1, databases: 1, reviews: 3 });
  });

  it("that makes a table at run time opens the databases anew, but replays nothing", () => {
    const ddl = 'export const init = (env) => env.DB.prepare("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY)").run();';
    assert.deepEqual(edited.edit({ "src/plain.ts": ddl }), { facts: 1, databases: 1, reviews: 3 });
    assert.deepEqual(edited.edit({ "src/plain.ts": `${ddl}\n// The same table.` }), { facts: 1, reviews: 1 });
  });

  it("of row counts or of rules reviews all code, and replays nothing", () => {
    assert.deepEqual(edited.edit({ "plumbline.json": '{ "rows": { "orders": 7 } }' }), { databases: 1, reviews: 3 });
    const filters = (): readonly string[] => edited.findings().flatMap((finding) => {
      const [rule, severity] = JSON.parse(finding) as [string, string];
      return rule === "unindexed-filter" ? [severity] : [];
    });
    assert.deepEqual(filters(), ["warning"]);
    assert.deepEqual(edited.edit({ "plumbline.json": '{ "rows": { "orders": 7 }, "rules": { "unindexed-filter": "off" } }' }).reviews, 3);
    assert.deepEqual(filters(), []);
    edited.edit({ "plumbline.json": '{ "rules": { "unindexed-filter": "error" } }' });
    assert.deepEqual(filters(), ["error", "error"]);
  });

  it("that takes a file away costs nothing", () => {
    assert.deepEqual(edited.edit({ "src/plain.ts": undefined }), {});
  });

  it("that is taken back gives the same findings again", () => {
    const before = edited.findings();
    edited.edit({ "migrations/0001_init.sql": "CREATE TABLE other (id)", "src/users.ts": "" });
    assert.notDeepEqual(edited.findings(), before);
    edited.edit(Object.fromEntries(project));
    assert.deepEqual(edited.findings(), before);
  });
});

describe("many edits", () => {
  const texts: Readonly<Record<string, readonly (string | undefined)[]>> = {
    "migrations/0001_init.sql": [
      project.get("migrations/0001_init.sql")!,
      "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE);\nCREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), total INTEGER);",
      "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT",
      "",
    ],
    "migrations/0002_more.sql": [undefined, "CREATE INDEX orders_user ON orders (user_id);", "ALTER TABLE users RENAME COLUMN email TO mail;", "DROP TABLE nothing;"],
    "src/users.ts": [project.get("src/users.ts")!, "export const find = (env) => env.DB.prepare(`SELECT id FROM users WHERE email = ?", undefined, 'export const gone = (env) => env.DB.prepare("DELETE FROM users WHERE id = ?").bind(1).run();'],
    "src/orders.ts": [
      project.get("src/orders.ts")!,
      'export async function each(env, ids) {\n  for (const id of ids) await env.DB.prepare("SELECT total FROM orders WHERE user_id = ?").bind(id).first();\n}',
      '// plumbline-allow unindexed-filter: it is small\nexport const list = (env) => env.DB.prepare("SELECT total FROM orders WHERE user_id = ?").bind(1).all();',
    ],
    "src/init.ts": [undefined, 'export const init = (env) => env.DB.exec("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, user_id INTEGER, total TEXT)");'],
    "plumbline.json": [undefined, '{ "rows": { "default": 50 } }', '{ "rules": { "unknown-column": "off" } }', "{ broken"],
  };
  const edits = fc.array(
    fc.constantFrom(...Object.keys(texts)).chain((path) => fc.constantFrom(...texts[path]!.map((text) => [path, text] as const))),
    { minLength: 1, maxLength: 12 },
  );

  it("end in the findings that a fresh analysis has", async () => {
    const engine = await testEngine();
    fc.assert(
      fc.property(edits, (sequence) => {
        const churned = new Edited(new Analysis(engine));
        const fresh = new Edited(new Analysis(engine));
        try {
          for (const [path, text] of sequence) churned.edit({ [path]: text });
          fresh.edit(Object.fromEntries(Object.keys(texts).map((path) => [path, churned.files.get(path)])));
          assert.deepEqual(churned.findings(), fresh.findings());
        } finally {
          churned.close();
          fresh.close();
        }
      }),
      { numRuns: 40, seed: 7 },
    );
  });
});
