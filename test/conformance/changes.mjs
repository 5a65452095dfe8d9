// Runs the migrations that we write to change a table on D1, each on a database with a few rows: no row and no value may
// be lost but for the column that changes, and nothing of the schema. Exits with 1 where something is.

import { bundle, root } from "./bundle.mjs";
import { openD1 } from "./d1.mjs";
import { lostBy } from "./kept.mjs";

const { writtenCases } = await bundle("test/conformance/changes.ts");
const cases = await writtenCases(root);
let failures = 0;
for (const [at, one] of cases.entries()) {
  const d1 = await openD1({ id: `case-${at}` });
  try {
    const wrong = typeof one.migration === "string" ? one.migration : await lostBy(d1, one);
    if (wrong !== undefined) failures++;
    console.log(`${wrong === undefined ? "ok  " : "FAIL"} ${one.name} (${one.way})${wrong === undefined ? "" : `: ${wrong}`}`);
  } finally {
    await d1.close();
  }
}
console.log(`${cases.length} migrations, ${cases.length - failures} keep everything on D1`);
process.exitCode = failures === 0 ? 0 : 1;

