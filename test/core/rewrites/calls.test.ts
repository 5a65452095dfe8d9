// Loops that call a function which sends one write: the function is taken in two, and the loop collects its statements.

import assert from "node:assert/strict";
import { applyEdits } from "../../../src/core/text/edit";
import { reviewed } from "../../support/review";
import { prove, proveRewrite, proveWithheld, withAllFixes, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE notes (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'new', UNIQUE (owner, body));
CREATE TABLE trusted (owner TEXT NOT NULL, device TEXT NOT NULL, until INTEGER, PRIMARY KEY (owner, device));
INSERT INTO notes (owner, body) VALUES ('ann', 'first'), ('ben', 'other');
INSERT INTO trusted (owner, device, until) VALUES ('ann', 'phone', 5), ('ann', 'desk', NULL), ('ben', 'phone', 7);
`;
const notes: Loop["inputs"] = [[[]], [[{ owner: "ann", body: "second" }, { owner: "cid", body: "third" }]], [Array.from({ length: 120 }, (_, n) => ({ owner: "dee", body: `note ${n}` }))]];
const refused: Loop["inputs"] = [...notes, [[{ owner: "ann", body: "x" }, { owner: "ann", body: "first" }, { owner: "ann" }, { owner: "ann", body: "y" }]]];
const loop = (code: string, inputs: Loop["inputs"], more: Pick<Loop, "path" | "others"> = {}): Loop => ({ schema, code, inputs, ...more });
const collected = (one: Loop): Promise<string> => proveRewrite("Collect the statements", one);

describe("loops that call a function which writes", () => {
  it("takes a function of the file in two", async () =>
    assert.equal(
      await collected(
        loop(
          `/** Keeps a note. */
async function keep(db, { owner, body, state = "new" }) {
  const text = String(body).trim();

  // One row a note.
  await db.prepare("INSERT INTO notes (owner, body, state) VALUES (?, ?, ?)")
    .bind(owner, text, state)
    .run();
}

export async function run(env, notes) {
  for (const note of notes) {
    await keep(env.DB, { ...note, state: "imported" });
  }
  return notes.length;
}
`,
          notes,
        ),
      ),
      `/** Keeps a note. */
async function keep(db, { owner, body, state = "new" }) {
  // One row a note.
  await keepStatement(db, { owner, body, state }).run();
}

function keepStatement(db, { owner, body, state = "new" }) {
  const text = String(body).trim();
  return db.prepare("INSERT INTO notes (owner, body, state) VALUES (?, ?, ?)")
    .bind(owner, text, state);
}

export async function run(env, notes) {
  const statements = [];
  for (const note of notes) {
    statements.push(keepStatement(env.DB, { ...note, state: "imported" }));
  }
  for (let i = 0; i < statements.length; i += 100) {
    await env.DB.batch(statements.slice(i, i + 100));
  }
  return notes.length;
}
`,
    ));

  it("takes a function of another file, and imports its sibling", async () => {
    const after = await collected(
      loop(
        `import { logged as log } from "../lib/log";

export async function run(env: Env, notes: { owner: string; body: string }[]) {
  await Promise.all(notes.map((note) => log(env, note.owner, note.body)));
}
`,
        notes,
        {
          path: "src/run.ts",
          others: {
            "lib/log.ts": `export const logged = async (env: { DB: D1Database }, owner: string, body: string): Promise<boolean> => {
  const result = await env.DB.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(owner, body).run();
  return result.success;
};
`,
          },
        },
      ),
    );
    assert.match(after, /import \{ logged as log, loggedStatement as logStatement \} from/);
    assert.match(after, /notes\.map\(\(note\) => logStatement\(env, note\.owner, note\.body\)\)/);
    assert.match(after, /export function loggedStatement\(env: \{ DB: D1Database \}, owner: string, body: string\): D1PreparedStatement \{/);
  });

  it("goes through a file that exports it again", async () => {
    const after = await collected(
      loop(
        `import { keep } from "./store/index.js";

export async function run(env, notes) {
  for (const note of notes) {
    if (note.skip) continue;
    await keep(env.DB, note);
  }
}
`,
        notes,
        {
          path: "src/run.js",
          others: {
            "src/store/index.js": `export {
  keep
} from "./notes.js";
`,
            "src/store/notes.js": `export async function keep(db, note) {
  return db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();
}
`,
          },
        },
      ),
    );
    assert.match(after, /import \{ keep, keepStatement \} from "\.\/store\/index\.js";/);
    assert.match(after, /\n {2}keep,\n {2}keepStatement\n\}/);
  });

  const store = {
    "src/store.ts": `import { forget as forgetTrusted } from "./trusted-repo";

export class Store {
  constructor(private readonly db: D1Database) {}

  async forget(owner: string, device: string): Promise<number> {
    return forgetTrusted(this.db, owner, device);
  }
}
`,
    "src/trusted-repo.ts": `export async function forget(
  db: D1Database,
  owner: string,
  device: string,
): Promise<number> {
  const result = await db
    .prepare("DELETE FROM trusted WHERE owner = ? AND device = ?")
    .bind(owner, device)
    .run();
  return Number(result.meta.changes ?? 0);
}
`,
  };
  const devices: Loop["inputs"] = [[[]], [["phone", "desk", "phone", ""]], [["none", "phone"]]];

  it("follows an object that is made beside, over a method that hands on", async () =>
    assert.equal(
      await collected(
        loop(
          `import { Store } from "./store";

export async function run(env: { DB: D1Database }, devices: string[]) {
  const store = new Store(env.DB);
  for (const device of devices) {
    if (!device) continue;
    await store.forget("ann", device);
  }
}
`,
          devices,
          { path: "src/run.ts", others: store },
        ),
      ),
      `import { Store } from "./store";

export async function run(env: { DB: D1Database }, devices: string[]) {
  const store = new Store(env.DB);
  const statements: D1PreparedStatement[] = [];
  for (const device of devices) {
    if (!device) continue;
    statements.push(store.forgetStatement("ann", device));
  }
  for (let i = 0; i < statements.length; i += 100) {
    await env.DB.batch(statements.slice(i, i + 100));
  }
}
//-
import { forget as forgetTrusted, forgetStatement as forgetTrustedStatement } from "./trusted-repo";

export class Store {
  constructor(private readonly db: D1Database) {}

  async forget(owner: string, device: string): Promise<number> {
    return forgetTrusted(this.db, owner, device);
  }

  forgetStatement(owner: string, device: string): D1PreparedStatement {
    return forgetTrustedStatement(this.db, owner, device);
  }
}
//-
export async function forget(
  db: D1Database,
  owner: string,
  device: string,
): Promise<number> {
  const result = await forgetStatement(db, owner, device).run();
  return Number(result.meta.changes ?? 0);
}

export function forgetStatement(
  db: D1Database,
  owner: string,
  device: string,
): D1PreparedStatement {
  return db
    .prepare("DELETE FROM trusted WHERE owner = ? AND device = ?")
    .bind(owner, device);
}
`,
    ));

  it("takes what the function gives from the result of its statement", async () => {
    const after = await proveRewrite(
      "Send the writes of all turns",
      loop(
        `import { Store } from "./store";

export async function run(env: { DB: D1Database }, devices: string[]) {
  const store = new Store(env.DB);
  let forgotten = 0;
  for (const device of devices) {
    const count = await store.forget("ann", device);
    if (count > 0) forgotten += count;
  }
  return forgotten;
}
`,
        devices,
        { path: "src/run.ts", others: store },
      ),
    );
    assert.match(after, /const count = Number\(found\[index\]!\.meta\.changes \?\? 0\);/);
  });

  it("takes a method of the same class", () =>
    collected(
      loop(
        `class Notes {
  #db;

  constructor(db) {
    this.#db = db;
    this.db = db;
  }

  async add(owner, body) {
    await this.db.prepare("INSERT INTO notes (owner, body) VALUES (?1, ?2)").bind(owner, body).run();
  }

  async addAll(notes) {
    for (const { owner, body } of notes) await this.add(owner, body);
  }
}

export async function run(env, notes) {
  await new Notes(env.DB).addAll(notes);
}
`,
        notes,
      ),
    ));

  it("sends one by one where the function catches its own errors", async () => {
    const after = await proveRewrite(
      "one by one where a batch is refused",
      loop(
        `async function log(owner, note, db) {
  try {
    await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(owner, note.body).run();
  } catch (error) {
    return;
  }
}

export async function run(env, notes) {
  // The log may have gaps.
  for (const note of notes) {
    await log("log", note, env.DB);
  }
  return "ok";
}
`,
        [...refused, [[{ body: "a" }, { body: null }, { body: "a" }, { body: "b" }]]],
      ),
    );
    assert.match(after, /const statements = notes\.map\(\(note\) => logStatement\("log", note, env\.DB\)\);/);
    assert.match(after, /if \(--sent < 0\) await log\("log", note, env\.DB\);/);
  });

  it("sends one by one where the turn catches the function's errors", () =>
    proveRewrite(
      "one by one where a batch is refused",
      loop(
        `async function keep(db, note) {
  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();
}

export async function run(env, notes) {
  const failed = [];
  for (const note of notes) {
    try {
      const owned = { ...note, owner: note.owner.toUpperCase() };
      await keep(env.DB, owned);
    } catch (error) {
      failed.push(error.message);
    }
  }
  return failed;
}
`,
        refused,
      ),
    ));

  it("names each loop's constants apart", async () => {
    const code = `async function keep(db, note) {
  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();
}

async function forget(db, device) {
  await db.prepare("DELETE FROM trusted WHERE device = ?").bind(device).run();
}

export async function run(env, notes, devices) {
  for (const note of notes) await keep(env.DB, note);
  for (const device of devices) await forget(env.DB, device);
}
`;
    const after = await withAllFixes({ schema, code });
    await prove({ schema, path: "run.js", before: code, after, inputs: [[[], []], [[{ owner: "x", body: "y" }, { owner: "x", body: "z" }], ["phone", "desk"]]] });
  });

  it("keeps each database to its loop", () =>
    collected(
      loop(
        `export async function run(env, groups) {
  for (const group of groups) {
    const db = group.db ?? env.DB;
    for (const owner of group.owners) {
      await db.prepare("INSERT INTO notes (owner, body) VALUES (?, 'hello')").bind(owner).run();
    }
  }
}
`,
        [[[]], [[{ owners: ["x", "y", "z"] }, { owners: [] }, { owners: ["w"] }]]],
      ),
    ));
});

describe("loops that call a function which reads", () => {
  const read = (one: Loop): Promise<string> => proveRewrite("Send the queries of all turns", one);
  const owners: Loop["inputs"] = [[[]], [["ann", "nobody", "ben", "ann"]]];

  it("takes the row that the function gives", async () => {
    const after = await read(
      loop(
        `import { noteOf } from "./notes";

export async function run(env: { DB: D1Database }, owners: string[]) {
  const bodies: string[] = [];
  for (const owner of owners) {
    if (owner === "cid") continue;
    const note = await noteOf(env.DB, owner);
    if (note) bodies.push(note.body);
  }
  return bodies;
}
`,
        owners,
        {
          path: "src/run.ts",
          others: {
            "src/notes.ts": `interface Note { id: number; body: string }

export async function noteOf(db: D1Database, owner: string) {
  const row = await db.prepare("SELECT id, body FROM notes WHERE owner = ? ORDER BY id LIMIT 1").bind(owner).first<Note>();
  return row;
}
`,
          },
        },
      ),
    );
    assert.match(after, /const note = \(found\[next\+\+\]!\.results\[0\] \?\? null\) as Awaited<ReturnType<typeof noteOf>>;/);
  });

  it("takes the list, the count and what is made of the row", async () => {
    const helper = (body: string, use: string): Loop =>
      loop(
        `async function about(db, owner) {
${body}
}

export async function run(env, owners) {
  return Promise.all(owners.map(async (owner) => {
    const found = await about(env.DB, owner);
    return ${use};
  }));
}
`,
        owners,
      );
    await read(helper('  const { results: rows } = await db.prepare("SELECT body FROM notes WHERE owner = ?").bind(owner).all();\n  return rows;', "found.length"));
    await read(helper('  const count = await db.prepare("SELECT COUNT(*) AS n FROM notes WHERE owner = ?").bind(owner).first("n");\n  return count ?? 0;', "found"));
    await read(helper('  const result = await db.prepare("SELECT body FROM notes WHERE owner = ?").bind(owner).all();\n  return result.results ?? [];', "found.map((row) => row.body)"));
    await read(helper('  const row = await db.prepare("SELECT state FROM notes WHERE owner = ?").bind(owner).first();\n  return row?.state;', "`${owner}: ${found}`"));
  });
});

describe("calls of wrappers", () => {
  it("splits the wrapper that is given the text", async () => {
    const after = await collected(
      loop(
        `function execute(db, sql, ...params) {
  return db.prepare(sql).bind(...params).run();
}

export async function run(env, notes) {
  for (const note of notes) await execute(env.DB, "INSERT INTO notes (owner, body) VALUES (?, ?)", note.owner, note.body);
}
`,
        notes,
      ),
    );
    assert.match(after, /statements\.push\(executeStatement\(env\.DB, "INSERT INTO notes \(owner, body\) VALUES \(\?, \?\)", note\.owner, note\.body\)\)/);
  });

  it("goes one by one where the wrapper has errors of its own, over a class that is extended", async () => {
    const after = await proveRewrite(
      "one by one where a batch is refused",
      loop(
        `import { Repository } from "./repository.js";

class Notes extends Repository {
  async addAll(notes) {
    let added = 0;
    for (const note of notes) {
      await this.execute(
        \`INSERT INTO notes (owner, body)
         VALUES (?, ?)\`,
        [
          note.owner,
          note.body,
        ],
      );
      added += 1;
    }
    return added;
  }
}

export async function run(env, notes) {
  try {
    return await new Notes(env).addAll(notes);
  } catch (error) {
    return error.message;
  }
}
`,
        refused,
        {
          path: "src/run.js",
          others: {
            "src/repository.js": `export class Repository {
  constructor(env) {
    this.env = env;
  }

  async execute(query, params = []) {
    if (!this.env.DB) {
      throw new Error("no database");
    }

    try {
      const bound = this.env.DB.prepare(query).bind(...params);
      const result = await bound.run();
      if (!result.success) {
        throw new Error("failed");
      }
      return result;
    } catch (error) {
      throw new Error("not executed: " + error.message);
    }
  }
}
`,
          },
        },
      ),
    );
    assert.match(after, /const statements = notes\.map\(\(note\) => this\.executeStatement\(sql, valuesOf\(note\)\)\);/);
    assert.match(after, /if \(--sent < 0\) await this\.execute\(sql, valuesOf\(note\)\);/);
  });
});

describe("turns that call several functions which write", () => {
  const trust = `export async function trust(db, owner, device) {
  await db.prepare("INSERT OR IGNORE INTO trusted (owner, device, until) VALUES (?, ?, NULL)")
    .bind(owner, device)
    .run();
}
`;
  const code = `import { trust } from "./trust";

async function keep(db, note) {
  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();
}

export async function run(env, notes) {
  const db = env.DB;
  for (const note of notes) {
    await keep(db, note);
    await db.prepare("UPDATE notes SET state = 'old' WHERE owner = ? AND body <> ?").bind(note.owner, note.body).run();
    if (note.owner !== "cid") await trust(db, note.owner, "desk");
    await keep(db, { owner: note.owner, body: \`about \${note.body}\` });
  }
}
`;

  it("collect the statements of all", async () => {
    await reviewed(new Map([["migrations/0001_init.sql", schema.replace(/INSERT INTO .*/g, "")], ["functions/run.js", code], ["functions/trust.js", trust]]), async ({ findings }) => {
      const fixes = findings.filter((finding) => finding.rule === "write-in-loop").map((finding) => finding.fixes().map((fix) => fix.title));
      const title = "Collect the statements and send them in batches of 100 (a transaction: all or none of each batch); `keepStatement` and `trustStatement` give them";
      assert.deepEqual(fixes, [[title], [title], [title], [title]]);
      const [fix] = findings.filter((finding) => finding.rule === "write-in-loop")[0]!.fixes();
      const after = new Map([["functions/run.js", code], ["functions/trust.js", trust]]);
      for (const change of fix!.changes) if (change.kind === "edit") after.set(change.file, applyEdits(after.get(change.file)!, change.edits));
      await prove({ schema, path: "functions/run.js", before: code, after: after.get("functions/run.js")!, inputs: notes, others: { before: new Map([["functions/trust.js", trust]]), after: new Map([["functions/trust.js", after.get("functions/trust.js")!]]) } });
      assert.equal(
        after.get("functions/run.js")!.slice(after.get("functions/run.js")!.indexOf("  for (const note")),
        `  for (const note of notes) {
    statements.push(keepStatement(db, note));
    statements.push(db.prepare("UPDATE notes SET state = 'old' WHERE owner = ? AND body <> ?").bind(note.owner, note.body));
    if (note.owner !== "cid") statements.push(trustStatement(db, note.owner, "desk"));
    statements.push(keepStatement(db, { owner: note.owner, body: \`about \${note.body}\` }));
  }
  for (let i = 0; i < statements.length; i += 100) {
    await db.batch(statements.slice(i, i + 100));
  }
}
`,
      );
    });
  });
});

describe("loops that call a function which writes, and stay", () => {
  const stays = (name: string, because: string, helper: string, call = "await keep(env.DB, note)", before = ""): void => {
    it(name, () =>
      proveWithheld(because, {
        schema,
        code: `${helper}
export async function run(env, notes, other) {
  let last;
${before}  for (const note of notes) {
    ${call};
  }
  return last;
}
`,
      }));
  };
  const keep = `async function keep(db, note) {\n  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();\n}\n`;

  stays("a function that reads first", "", `async function keep(db, note) {\n  const known = await db.prepare("SELECT id FROM notes WHERE body = ?").bind(note.body).first();\n  if (known) return;\n  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();\n}\n`);
  stays("a function that may not send", "does more than to send one statement", `async function keep(db, note) {\n  if (!note.body) return;\n  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();\n}\n`);
  stays("a function that goes on afterwards", "does more than to send one statement", `const cache = new Map();\nasync function keep(db, note) {\n  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();\n  cache.delete(note.owner);\n}\n`);
  stays("a function that waits for something else", "does more than to send one statement", `async function keep(db, note) {\n  const body = await note.text();\n  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, body).run();\n}\n`);
  stays("a function that counts", "does more than to send one statement", `let count = 0;\nasync function keep(db, note) {\n  count++;\n  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();\n}\n`);
  stays("two statements", "does more than to send one statement", `async function keep(db, note) {\n  await db.prepare("DELETE FROM notes WHERE body = ?").bind(note.body).run();\n  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();\n}\n`);
  stays("a function that asks for the row before", "asks for what the one before it did", `async function keep(db, note) {\n  await db.prepare("INSERT INTO notes (owner, body) VALUES (last_insert_rowid(), ?)").bind(note.body).run();\n}\n`);
  stays("a name that is taken", "there is already a `keepStatement`", `${keep}const keepStatement = 1;\n`);
  stays("a database of each turn", "is made in each turn", keep, "const db = note.db; await keep(db, note)");
  stays("a database that a call gives", "the database is not within reach", keep, "await keep(env.get('DB'), note)");
  stays("two calls of a turn, one of which reads", "also waits for", `${keep}async function know(db, note) {\n  await db.prepare("SELECT id FROM notes WHERE owner = ?").bind(note.owner).first();\n}\n`, "await keep(env.DB, note); await know(env.DB, note)");
  stays("two calls of a turn, for two databases", "more than one database", keep, "await keep(env.DB, note); await keep(env.LOG, note)");
  stays("a value that is made of more", "the turn uses what its write gives back", `async function keep(db, note) {\n  await db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run();\n  return note.body;\n}\n`, "last = await keep(env.DB, note)");

  it("a method that a subclass may have of its own", () =>
    proveWithheld("it is not certain which function `this.add` is", {
      schema,
      code: `class Notes {
  constructor(db) { this.db = db; }
  async add(note) { await this.db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run(); }
  async addAll(notes) { for (const note of notes) await this.add(note); }
}
class LoudNotes extends Notes {}
export async function run(env, notes) { await new LoudNotes(env.DB).addAll(notes); }
`,
    }));

  it("a database that the object was not made with", () =>
    proveWithheld("the database is not within reach of the loop", {
      schema,
      code: `class Notes {
  constructor(db) { this.db = db.withSession(); }
  async add(note) { await this.db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run(); }
}
export async function run(env, list) {
  const notes = new Notes(env.DB);
  for (const note of list) await notes.add(note);
}
`,
    }));

  it("a method of an object that is handed in", () =>
    proveWithheld("it is not certain which function `notes.add` is", {
      schema,
      code: `class Notes {
  constructor(db) { this.db = db; }
  async add(note) { await this.db.prepare("INSERT INTO notes (owner, body) VALUES (?, ?)").bind(note.owner, note.body).run(); }
}
export async function run(env, list) {
  let notes = new Notes(env.DB);
  if (list.quiet) notes = list.quiet;
  for (const note of list) await notes.add(note);
}
`,
    }));
});
