// The fix of rebuilds that lose rows, on D1: each migration as people write it and with the fix, on a database with a few
// rows. The one must lose something there, the other nothing. Exits with 1 where it is otherwise.

import { unstable_splitSqlQuery as splitSqlQuery } from "wrangler";
import { bundle, root } from "./bundle.mjs";
import { openDatabases } from "./d1.mjs";
import { lostBy } from "./kept.mjs";

const { repairCases } = await bundle("test/conformance/repairs.ts");
const cases = await repairCases(root);
const counts = { mended: 0, wrong: 0, withoutFix: 0 };
const d1 = await openDatabases(2 * cases.length);
for (const [at, { name, setup, migration, mended }] of cases.entries()) {
  const without = await lost(await d1.database(2 * at), setup, migration);
  const left = mended === undefined ? undefined : await lost(await d1.database(2 * at + 1), setup, mended);
  const wrong = without === undefined ? "as written it loses nothing" : left;
  counts[wrong !== undefined ? "wrong" : mended === undefined ? "withoutFix" : "mended"]++;
  console.log(`${wrong !== undefined ? "FAIL" : mended === undefined ? "none" : "ok  "} ${name}: ${wrong ?? without}`.slice(0, 400));
}
await d1.close();
console.log(`${cases.length} rebuilds that lose something: ${counts.mended} lose nothing with the fix, ${counts.withoutFix} have no fix, ${counts.wrong} wrong`);
process.exitCode = counts.wrong === 0 ? 0 : 1;

async function lost(database, setup, text) {
  const d1 = { batch: (statements) => database.batch(statements.map((sql) => database.prepare(sql))) };
  return lostBy(d1, { setup, migration: splitSqlQuery(text) });
}
