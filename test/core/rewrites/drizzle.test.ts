// Loops over Drizzle's queries: the query is what is collected, and D1's driver of Drizzle sends it in a batch.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import ts from "typescript";
import { proveRewrite, proveWithheld, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE notes (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, body TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 0);
CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
INSERT INTO notes (id, user_id, body) VALUES ('a', 'ann', 'one'), ('b', 'ben', 'two'), ('c', 'ann', 'three');
`;
const tables = `import { drizzle } from "drizzle-orm/d1";
import { eq } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

const notes = sqliteTable("notes", {
  id: text("id").primaryKey(),
  userId: text("user_id").notNull(),
  body: text("body").notNull(),
  seen: integer("seen").notNull().default(0),
});
const tags = sqliteTable("tags", { id: integer("id").primaryKey({ autoIncrement: true }), name: text("name").notNull() });
`;
const many = Array.from({ length: 130 }, (_, n) => ({ id: `n${n}`, body: `text ${n}` }));
const loop = (code: string, inputs: Loop["inputs"], path = "functions/run.ts"): Loop => ({ schema, code: tables + code, inputs, path });
const own = (code: string): string => code.slice(tables.length);

/** What the compiler says of the code, by Drizzle's own types. */
function complaints(code: string): readonly string[] {
  const path = resolve("test/drizzle-rewrite.ts");
  const options: ts.CompilerOptions = { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, lib: ["lib.es2022.d.ts"], types: ["node"] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, target) => (name === path ? ts.createSourceFile(name, code, target) : getSourceFile(name, target));
  const program = ts.createProgram([path], options, host);
  return ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("loops over the queries of Drizzle", () => {
  const typed: string[] = [];
  const proven = async (title: string, one: Loop): Promise<string> => {
    const code = await proveRewrite(title, one);
    if (one.path?.endsWith(".ts") === true) typed.push(code);
    return own(code);
  };
  // The compiler reads Drizzle's types once for all of them.
  after(() => assert.deepEqual(complaints(typed.map((code, n) => (n === 0 ? code : code.slice(tables.length).replace("function run", `function run${n}`))).join("\n")), []));

  it("collect inserts", async () =>
    assert.equal(
      await proven(
          "Collect the statements",
          loop(
            `
export async function run(env: any, rows: { id: string; body: string }[]) {
  const db = drizzle(env.DB);
  let added = 0;
  for (const row of rows) {
    if (row.body === "") continue;
    await db
      .insert(notes)
      .values({ id: row.id, userId: "ann", body: row.body })
      .onConflictDoUpdate({ target: notes.id, set: { body: row.body } });
    added++;
  }
  return added;
}
`,
            [[[]], [[{ id: "a", body: "new" }, { id: "d", body: "" }, { id: "e", body: "five" }]], [many]],
          ),
        ),
      `
export async function run(env: any, rows: { id: string; body: string }[]) {
  const db = drizzle(env.DB);
  let added = 0;
  const statements = [];
  for (const row of rows) {
    if (row.body === "") continue;
    statements.push(db
      .insert(notes)
      .values({ id: row.id, userId: "ann", body: row.body })
      .onConflictDoUpdate({ target: notes.id, set: { body: row.body } }));
    added++;
  }
  for (let i = 0; i < statements.length; i += 100) {
    const [first, ...rest] = statements.slice(i, i + 100);
    if (first !== undefined) await db.batch([first, ...rest]);
  }
  return added;
}
`,
    ));

  it("collect updates on a database that is handed in", () =>
    proven(
      "Collect the statements",
      loop(
        `
async function mark(db: ReturnType<typeof drizzle>, ids: string[]) {
  for (const id of ids) {
    await db
      .update(notes)
      .set({ seen: 2 })
      .where(eq(notes.id, id));
  }
}

export async function run(env: any, ids: string[]) {
  await mark(drizzle(env.DB), ids);
}
`,
        [[["a", "b"]], [[]]],
      ),
    ));

  it("collect the different queries of a turn, in JavaScript too", async () =>
    assert.equal(
      await proven(
          "Collect the statements",
          loop(
            `
export async function run(env, ids) {
  const db = drizzle(env.DB);
  for (const id of ids) {
    await db.update(notes).set({ seen: 1 }).where(eq(notes.id, id));
    await db.delete(tags).where(eq(tags.name, id)).run();
    await db.insert(tags).values({ name: id });
  }
}
`,
            [[["a", "b"]], [["b", "b", "x"]]],
            "functions/run.js",
          ),
        ),
      `
export async function run(env, ids) {
  const db = drizzle(env.DB);
  const statements = [];
  for (const id of ids) {
    statements.push(db.update(notes).set({ seen: 1 }).where(eq(notes.id, id)));
    statements.push(db.delete(tags).where(eq(tags.name, id)));
    statements.push(db.insert(tags).values({ name: id }));
  }
  for (let i = 0; i < statements.length; i += 100) {
    await db.batch(statements.slice(i, i + 100));
  }
}
`,
    ));

  it("read together before the loop", async () =>
    assert.equal(
      await proven(
          "Send the queries of all turns",
          loop(
            `
export async function run(env: any, ids: string[]) {
  const db = drizzle(env.DB);
  const bodies: string[] = [];
  for (const id of ids) {
    const [note] = await db.select({ body: notes.body, user: notes.userId }).from(notes).where(eq(notes.id, id)).limit(1);
    if (note) bodies.push(\`\${note.user}: \${note.body}\`);
  }
  return bodies;
}
`,
            [[["a", "x", "c"]], [[]]],
          ),
        ),
      `
export async function run(env: any, ids: string[]) {
  const db = drizzle(env.DB);
  const bodies: string[] = [];
  const queries = ids.map((id) => db.select({ body: notes.body, user: notes.userId }).from(notes).where(eq(notes.id, id)).limit(1));
  const found: Awaited<(typeof queries)[number]>[] = [];
  for (let i = 0; i < queries.length; i += 100) {
    const [first, ...rest] = queries.slice(i, i + 100);
    if (first !== undefined) found.push(...(await db.batch([first, ...rest])));
  }
  for (const [index] of ids.entries()) {
    const [note] = found[index]!;
    if (note) bodies.push(\`\${note.user}: \${note.body}\`);
  }
  return bodies;
}
`,
    ));

  it("take the one row of `get`, and rows from a list of promises", async () => {
    await proven(
      "Send the queries of all turns",
      loop(
        `
export async function run(env: any, ids: string[]) {
  const db = drizzle(env.DB);
  const seen: Record<string, number> = {};
  for (const id of ids) {
    const note = await db.select().from(notes).where(eq(notes.id, id)).get();
    seen[id] = note?.seen ?? -1;
  }
  return seen;
}
`,
        [[["a", "x"]]],
      ),
    );
    await proven(
      "Send the queries of all turns",
      loop(
        `
export async function run(env: any, users: string[]) {
  const db = drizzle(env.DB);
  return Promise.all(users.map((user) => db.select().from(notes).where(eq(notes.userId, user)).orderBy(notes.id)));
}
`,
        [[["ann", "ben", "cid"]], [[]]],
      ),
    );
  });

  it("take the row that each insert returns", () =>
    proven(
      "Send the writes of all turns",
      loop(
        `
export async function run(env: any, names: string[]) {
  const db = drizzle(env.DB);
  const ids: number[] = [];
  for (const name of names) {
    const [tag] = await db.insert(tags).values({ name }).returning({ id: tags.id });
    ids.push(tag!.id);
  }
  return ids;
}
`,
        [[["x", "y"]], [[]]],
      ),
    ));

  it("are left where a batch would give other rows, or is not known", async () => {
    const code = (query: string, made = "drizzle(env.DB)"): Pick<Loop, "schema" | "code" | "path"> => ({
      schema,
      path: "functions/run.ts",
      code: `${tables}
export async function run(env: any, ids: string[], open: any) {
  const db = ${made};
  for (const id of ids) {
    const rows = await ${query};
    console.log(rows.length);
  }
}
`,
    });
    // A batch has one column of each name.
    await proveWithheld("the statement goes through other functions", code("db.select().from(notes).innerJoin(tags, eq(tags.name, notes.id)).where(eq(notes.id, id))"));
    await proveWithheld("the statement goes through other functions", code("db.select({ id: notes.id, key: notes.id }).from(notes).where(eq(notes.id, id))"));
    const { code: libsql, ...rest } = code("db.select().from(notes).where(eq(notes.id, id))");
    await proveWithheld("it is not certain that the query builder can send a batch", { ...rest, code: libsql.replace("drizzle-orm/d1", "drizzle-orm/better-sqlite3") });
  });
});
