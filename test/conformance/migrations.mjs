// Runs migrations through real D1, as wrangler does, and through ours, and prints where they differ: in the verdict on a
// file, in the schema and in the rows that are left. Exits with 1 where they do.
//
//   migrations.mjs FOLDER...               every FOLDER/*.sql, in wrangler's order, on a new database
//   migrations.mjs --cases FILE [--save]   hand-made cases; --save writes D1's answers into the file

import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { bundle, root } from "./bundle.mjs";
import { applyAll, runCase } from "./d1-migrations.mjs";
import { openDatabases } from "./d1.mjs";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { cases: { type: "string" }, save: { type: "boolean" } } });
const { inMigrationOrder, loadOurs, plainMessage } = await bundle("test/conformance/migrations.ts");
const ours = await loadOurs(root);
const differ = values.cases === undefined ? await folders(positionals) : await cases(values.cases);
process.exitCode = differ > 0 ? 1 : 0;

async function folders(paths) {
  const d1 = await openDatabases(paths.length);
  let [count, verdicts, errors, schemas, contents] = [0, 0, 0, 0, 0];
  try {
    for (const [at, folder] of paths.entries()) {
      const names = inMigrationOrder((await readdir(folder)).filter((name) => name.endsWith(".sql") && !name.startsWith(".")));
      const files = await Promise.all(names.map(async (name) => ({ name, text: await readFile(path.join(folder, name), "utf8") })));
      const real = await applyAll(await d1.database(at), files);
      const own = ours.applyAll(files);
      count += files.length;
      for (const [index, { name, ok, error, internal }] of real.outcomes.entries()) {
        const said = own.outcomes[index];
        if (said.ok !== ok) verdicts += tell(`${folder}/${name}`, "verdict", ok ? "applied" : error, said.ok ? "applied" : said.error);
        else if (plainMessage(internal ?? error) !== plainMessage(said.error)) errors += tell(`${folder}/${name}`, "error", error, said.error);
      }
      if (!same(real.schemaAfter, own.schemaAfter)) schemas += tell(folder, "schema", ...onlyDifferent(real.schemaAfter, own.schemaAfter));
      // Their values may be the clock's, or random.
      const counted = (one) => Object.entries(one.contents).map(([name, rows]) => [name, rows.length]);
      if (!same(Object.fromEntries(counted(real)), Object.fromEntries(counted(own)))) contents += tell(folder, "rows", ...onlyDifferent(counted(real), counted(own)));
    }
  } finally {
    await d1.close();
  }
  console.log(`${paths.length} folders, ${count} files; different: ${verdicts} verdicts, ${errors} errors, ${schemas} schemas, ${contents} rows`);
  return verdicts + errors + schemas + contents;
}

async function cases(file) {
  const set = JSON.parse(await readFile(file, "utf8"));
  const d1 = await openDatabases(set.cases.length);
  let differ = 0;
  const counts = { verdict: 0, error: 0, schema: 0, rows: 0, probes: 0 };
  try {
    for (const [at, one] of set.cases.entries()) {
      const real = await runCase(await d1.database(at), one);
      const own = ours.runCase(one);
      const found = differences(real, own);
      for (const [what, theirs, said] of found) counts[what] += tell(one.name, what, theirs, said);
      if (found.length > 0) differ++;
      one.expected = real;
    }
  } finally {
    await d1.close();
  }
  if (values.save) await writeFile(file, `${JSON.stringify(set, undefined, 1)}\n`);
  console.log(`${set.cases.length} cases, ${set.cases.length - differ} alike; different: ${Object.entries(counts).map(([what, times]) => `${what} ${times}`).join(", ")}`);
  return differ;
}

/** What differs, D1's and ours. */
function differences(real, own) {
  const message = ({ internal, error }) => plainMessage(internal ?? error);
  const found = [];
  if (real.ok !== own.ok) found.push(["verdict", message(real) ?? "applied", message(own) ?? "applied"]);
  else if ((message(real) !== message(own) && message(real) !== "internal error") || real.atCommit !== own.atCommit || real.recorded !== own.recorded) found.push(["error", real, own].map((one) => (typeof one === "string" ? one : [message(one), one.atCommit, one.recorded])));
  if (!same(real.schemaAfter, own.schemaAfter)) found.push(["schema", ...onlyDifferent(real.schemaAfter, own.schemaAfter)]);
  const rows = ({ contents, unreadable, foreignKeyCheck }) => [contents, Object.entries(unreadable ?? {}).map(([name, error]) => [name, plainMessage(error)]), foreignKeyCheck?.map((one) => (one.error ? plainMessage(one.error) : one))];
  if (!same(rows(real), rows(own))) found.push(["rows", rows(real), rows(own)]);
  const probes = (one) => one.probes?.map((probe) => ({ ...probe, error: plainMessage(probe.error) }));
  if (!same(probes(real), probes(own))) found.push(["probes", probes(real), probes(own)]);
  return found;
}

function same(a, b) {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

/** The members that the other list lacks. */
function onlyDifferent(a, b) {
  const without = (list, other) => list.filter((one) => !other.some((two) => same(one, two)));
  return [without(a, b), without(b, a)];
}

function tell(where, what, theirs, own) {
  console.log(`${where}: ${what}\n  D1:   ${short(theirs)}\n  ours: ${short(own)}`);
  return 1;
}

function short(value) {
  return (typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing")).slice(0, 600);
}
