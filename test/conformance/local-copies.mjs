// Copies a local D1 database again and again while D1 writes to it: each copy must be whole, and hold what some commit
// left. Exits with 1 where one is not.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { bundle, root } from "./bundle.mjs";
import { openD1 } from "./d1.mjs";

const id = "11111111-2222-3333-4444-555555555555";
const rows = 5_000;
const { readLocalDatabase, loadEngine } = await bundle("test/conformance/local.ts");
const engine = await loadEngine({ wasm: await readFile(path.join(root, "node_modules/sql.js/dist/sql-wasm.wasm")) });
const folder = await mkdtemp(path.join(os.tmpdir(), "plumbline-copies-"));
const d1 = await openD1({ id, state: path.join(folder, ".wrangler/state/v3") });
try {
  await d1.run("CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT)");
  await d1.run(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO t SELECT i, 'row ' || i FROM n`);
  let isWriting = true;
  const writer = (async () => {
    for (let turn = 0; turn < 300; turn++) await d1.batch(["INSERT INTO t (s) SELECT s || 'x' FROM t LIMIT 400", "DELETE FROM t WHERE id IN (SELECT id FROM t ORDER BY id LIMIT 400)"]);
    isWriting = false;
  })();
  const found = new Map();
  while (isWriting) {
    const what = await look();
    found.set(what, (found.get(what) ?? 0) + 1);
  }
  await writer;
  for (const [what, times] of found) console.log(`${times} copies: ${what}`);
  process.exitCode = [...found.keys()].every((what) => what === "whole" || what === "it is being written to") && found.has("whole") ? 0 : 1;
} finally {
  await d1.close();
  await rm(folder, { recursive: true, force: true });
}

async function look() {
  const read = await readLocalDatabase(folder, { binding: "DB", declaredIn: "wrangler.toml", migrationsDir: "migrations", localId: id });
  if (!read.ok) return read.reason;
  const copy = engine.open(read.bytes);
  try {
    const [check, count] = [copy.run("PRAGMA quick_check"), copy.run("SELECT count(*) FROM t")];
    return check.ok && check.rows[0][0] === "ok" && count.ok && count.rows[0][0] === rows ? "whole" : "torn";
  } finally {
    copy.close();
  }
}
