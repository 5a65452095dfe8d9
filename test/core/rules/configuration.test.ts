import assert from "node:assert/strict";
import { check, review } from "../../support/review";

describe("configuration", () => {
  it("marks keys and values that cannot be used", () =>
    check(`
//- /plumbline.json
{
  "rowz": { "users": 10 },
  ^^^^^^ configuration Unknown key \`rowz\`; did you mean \`rows\`?
  "rows": { "users": "many" },
                     ^^^^^^ configuration
  "target": "mysql",
            ^^^^^^^ configuration must be one of "d1", "sqlite"
  "slowMs": 50
}
`));

  it("marks where the file stops being JSON, and uses the rest", async () => {
    const findings = await review(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
//- /src/a.ts
export const find = (env: Env) => env.DB.prepare("SELECT id FROM users WHERE name = ?").bind("x").all();
//- /plumbline.json
{ "rows": { "users": 100 } "rules": 5 }
`);
    assert.ok(findings.some((finding) => finding.rule === "configuration" && /cannot be read/.test(finding.message)));
    assert.ok(!findings.some((finding) => finding.rule === "unindexed-filter"), "the rows were not used");
  });

  it("keeps silent about comments and trailing commas", () =>
    check(`
//- /plumbline.json
{
  // the largest table
  "rows": { "users": 250000, },
}
`));

  it("takes the severity of a rule from the project, or switches it off", async () => {
    const found = async (level: string): Promise<readonly string[]> =>
      (
        await review(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
//- /src/a.ts
export const find = (env: Env) => env.DB.prepare("SELECT id FROM users WHERE name = ?").bind("x").all();
//- /plumbline.json
{ "rules": { "unindexed-filter": "${level}" } }
`)
      ).map((finding) => `${finding.rule} ${finding.severity}`);
    assert.deepEqual(await found("error"), ["unindexed-filter error"]);
    assert.deepEqual(await found("off"), []);
  });
});
