// Executes code before and after its rewrite against the same rows: the same value must come back (or the same error), the
// same rows must be in every table, and fewer calls must have been sent.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import ts from "typescript";
import type { Database } from "../../src/core/schema/engine";
import { applyEdits } from "../../src/core/text/edit";
import { splitStatements } from "../../src/core/sql/split";
import { D1StandIn, type Traffic } from "./d1-stand-in";
import { testEngine } from "./engine";
import { SqliteStandIn } from "./sqlite-stand-in";
import { fixed, reviewed } from "./review";

export interface Case {
  /** `CREATE` and `INSERT` statements. */
  readonly schema: string;
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** The files that the code imports, before and after. */
  readonly others?: { readonly before: ReadonlyMap<string, string>; readonly after: ReadonlyMap<string, string> };
  /** Arguments after `env`, one list for each time it is run. */
  readonly inputs: readonly (readonly unknown[])[];
  /** Where a batch is refused and each is sent by itself, that batch comes on top. Errors then leave the same rows. */
  readonly orEach?: boolean;
}

export interface Proof {
  readonly before: Outcome;
  readonly after: Outcome;
}

interface Outcome {
  readonly value: unknown;
  readonly error: string | undefined;
  readonly tables: unknown;
  readonly traffic: Traffic;
}

/** One loop to rewrite: tables with their rows, the code, and what it is called with. */
export interface Loop {
  readonly schema: string;
  readonly path?: string;
  readonly code: string;
  /** The files that it imports, by their paths. */
  readonly others?: Readonly<Record<string, string>>;
  readonly inputs: readonly (readonly unknown[])[];
}

/** The rewrite whose title holds `title` is offered, keeps the invariants of every fix, and is proven. Gives its code. */
export async function proveRewrite(title: string, loop: Loop): Promise<string> {
  const { path, files } = filesOf(loop);
  const made = await fixed(files, title);
  const after = made.get(path)!;
  const others = { before: new Map(Object.entries(loop.others ?? {})), after: new Map(Object.keys(loop.others ?? {}).map((name) => [name, made.get(name)!])) };
  await prove({ ...loop, path, before: loop.code, after, others, orEach: title.includes("one by one") });
  return [after, ...others.after.values()].join("//-\n");
}

/** The loop is found, no rewrite is offered, and the finding says why. */
export async function proveWithheld(because: string, loop: Pick<Loop, "schema" | "path" | "code" | "others">): Promise<void> {
  await reviewed(filesOf(loop).files, ({ findings }) => {
    const found = findings.filter((finding) => /loop/.test(finding.rule));
    assert.ok(found.length > 0, "the loop is not found");
    assert.deepEqual(found.flatMap((finding) => finding.fixes().map((fix) => fix.title)), [], "a rewrite is offered");
    assert.ok(found.some((finding) => finding.why?.includes(because) === true), `not said: ${because}, but: ${found.map((finding) => finding.why).join("; ")}`);
  });
}

/** The code after the rewrites of all its loops, applied in one go. */
export async function withAllFixes(loop: Pick<Loop, "schema" | "path" | "code">): Promise<string> {
  const { path, files } = filesOf(loop);
  return reviewed(files, ({ findings }) => {
    const fixes = findings.filter((finding) => finding.file === path && /loop/.test(finding.rule)).flatMap((finding) => finding.fixes());
    return applyEdits(loop.code, fixes.flatMap((fix) => fix.changes.flatMap((change) => (change.kind === "edit" ? change.edits : []))));
  });
}

function filesOf({ schema, path = "functions/run.js", code, others = {} }: Pick<Loop, "schema" | "path" | "code" | "others">): { readonly path: string; readonly files: ReadonlyMap<string, string> } {
  const tables = splitStatements(schema).filter((statement) => /^\s*create/i.test(statement.text));
  return { path, files: new Map([["migrations/0001_init.sql", tables.map((statement) => `${statement.text};\n`).join("")], [path, code], ...Object.entries(others)]) };
}

/** Runs every input on a database of its own. At least one input must show that calls are saved. */
export async function prove({ schema, path, before, after, others, inputs, orEach = false }: Case): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  for (const input of inputs) {
    const was = await execute(schema, path, before, others?.before, input);
    const is = await execute(schema, path, after, others?.after, input);
    const named = `with ${JSON.stringify(input)}`;
    assert.deepEqual(is.value, was.value, `another value comes back ${named}`);
    assert.equal(is.error, was.error, `another error comes back ${named}`);
    if (was.error === undefined || orEach) assert.deepEqual(is.tables, was.tables, `other rows are left ${named}`);
    // An empty list costs nothing before, and a query by its elements at most one after.
    assert.ok(is.traffic.calls <= Math.max(1, was.traffic.calls) + (orEach ? 1 : 0), `${was.traffic.calls} calls become ${is.traffic.calls} ${named}`);
    proofs.push({ before: was, after: is });
  }
  assert.ok(proofs.some((proof) => proof.after.traffic.calls < proof.before.traffic.calls), "no input shows that calls are saved");
  assert.ok(proofs.some((proof) => proof.before.error === undefined), "no input runs to its end");
  return proofs;
}

async function execute(schema: string, path: string, code: string, others: ReadonlyMap<string, string> | undefined, input: readonly unknown[]): Promise<Outcome> {
  const db = (await testEngine()).open();
  try {
    for (const statement of splitStatements(schema)) {
      const ran = db.run(statement.text);
      assert.ok(ran.ok, ran.ok ? "" : `${statement.text}: ${ran.message}`);
    }
    const d1 = new D1StandIn(db);
    const sqlite = new SqliteStandIn(db, d1.traffic);
    // `new Database("app.db")` of the code is the database of this run.
    const libraries = new Map<string, unknown>([["better-sqlite3", { __esModule: true, default: class { constructor() { return sqlite; } } }]]);
    const run = exportedFunction(path, new Map([...(others ?? []), [path, code]]), libraries);
    let value: unknown;
    let error: string | undefined;
    try {
      value = await run({ DB: d1 }, ...structuredClone(input));
      // What was sent without waiting for it is done by then.
      await new Promise((resolve) => void setImmediate(resolve));
    } catch (thrown) {
      error = String(thrown);
    }
    return { value: plain(value), error, tables: tablesOf(db), traffic: d1.traffic };
  } finally {
    db.close();
  }
}

type Exported = (env: { readonly DB: D1StandIn }, ...input: readonly unknown[]) => unknown;

/** The only function that the module exports, called with `env` first. */
function exportedFunction(path: string, files: ReadonlyMap<string, string>, libraries: ReadonlyMap<string, unknown>): Exported {
  const functions = Object.values(loaded(path, files, libraries, new Map())).filter((value): value is Exported => typeof value === "function");
  assert.equal(functions.length, 1, "the code exports one function");
  return functions[0]!;
}

/** What a module exports, with the modules that it imports. */
function loaded(path: string, files: ReadonlyMap<string, string>, libraries: ReadonlyMap<string, unknown>, modules: Map<string, Record<string, unknown>>): Record<string, unknown> {
  const known = modules.get(path);
  if (known !== undefined) return known;
  const exported: Record<string, unknown> = {};
  modules.set(path, exported);
  const { outputText } = ts.transpileModule(files.get(path)!, { fileName: path, compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, allowJs: true } });
  const load = (name: string): unknown => (name.startsWith(".") ? ofProject(name) : (libraries.get(name) ?? packages(name)));
  const ofProject = (name: string): unknown => loaded([...files.keys()].find((file) => bare(file) === bare(new URL(name, `file:///${path}`).pathname.slice(1)))!, files, libraries, modules);
  new Function("exports", "require", outputText)(exported, load);
  return exported;
}

/** Drizzle, as its users have it. */
const packages = createRequire(resolve("package.json"));

function bare(path: string): string {
  return path.replace(/\.[jt]s$/, "");
}

/** Metas tell of the clock and the round trip: only what was returned as rows and values is compared. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(plain);
  if (value instanceof Set) return [...value].map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== "meta").map(([key, one]) => [key, plain(one)]));
}

function tablesOf(db: Database): unknown {
  const tables = db.run("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name");
  assert.ok(tables.ok);
  return tables.rows.map(([name]) => {
    const rows = db.run(`SELECT * FROM "${String(name)}" ORDER BY rowid`);
    assert.ok(rows.ok);
    return [name, rows.rows];
  });
}
