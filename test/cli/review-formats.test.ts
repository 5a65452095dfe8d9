import assert from "node:assert/strict";
import { dedent, findingIn, inFolder, plumbline, reportOf, someRules } from "./support";
import type { FindingReport } from "../../src/protocol/report";

const odd = findingIn("functions/api/[id], 100%.js", "db.prepare(`SELECT «naïve» FROM a`)", {
  rule: "unindexed-filter",
  severity: "warning",
  message: "`a|b` is scanned: 50% of <rows>, see a_b_c\nsecond line",
  why: "It | costs",
  fixes: [{ title: "Create index `x`", safety: "review" }],
});
const several = findingIn("migrations/1.sql", "«CREATE TABLE a (\n  b\n)»", { rule: "failed-migration", severity: "error", message: "It fails" });
const info = findingIn("a.ts", "«x»", { severity: "info", message: "For information" });
const hint = findingIn("a.ts", "«y»", { rule: "query-in-loop", severity: "hint", message: "A hint", related: [{ file: "b c.ts", range: several.range, message: "here" }] });

function printed(format: string, findings: readonly FindingReport[]): Promise<string> {
  return inFolder({ "app/package.json": "" }, async (cwd) => {
    const { stdout } = await plumbline(["review", "app", "--format", format], { report: () => reportOf(findings) }, { cwd, isTTY: true, env: { FORCE_COLOR: "1" } });
    return stdout;
  });
}

describe("review as JSON", () => {
  it("is the report, alone and without colours", async () => {
    const report = JSON.parse(await printed("json", [odd, hint])) as unknown;
    const expected = reportOf([odd, hint]);
    assert.deepEqual(report, { ...expected, summary: { ...expected.summary, findings: { "unindexed-filter": 1, "query-in-loop": 1 } } });
  });
});

describe("review as GitHub annotations", () => {
  it("escapes what the workflow commands give a meaning", async () => {
    assert.equal(
      await printed("github", [odd, several, info]),
      [
        "::warning file=app/functions/api/[id]%2C 100%25.js,line=1,endLine=1,col=20,endColumn=25,title=Plumbline unindexed-filter::`a|b` is scanned: 50%25 of <rows>, see a_b_c%0Asecond line%0AIt | costs%0AFix: Create index `x`",
        "::error file=app/migrations/1.sql,line=1,endLine=3,title=Plumbline failed-migration::It fails",
        "::notice file=app/a.ts,line=1,endLine=1,col=1,endColumn=2,title=Plumbline unindexed-filter::For information",
        "Plumbline: 1 error, 1 warning, 1 info in 12 files",
        "",
      ].join("\n"),
    );
  });
});

describe("review as Markdown", () => {
  it("has a table for each severity, the hints folded away", async () => {
    assert.equal(
      await printed("markdown", [odd, several, hint]),
      dedent(`
      ### Plumbline: 1 error, 1 warning, 1 hint

      #### Errors

      | Where | Rule | What |
      | --- | --- | --- |
      | \`app/migrations/1.sql:1\` | \`failed-migration\` | It fails |

      #### Warnings

      | Where | Rule | What |
      | --- | --- | --- |
      | \`app/functions/api/[id], 100%.js:1\` | \`unindexed-filter\` | \`a\\|b\` is scanned: 50% of &lt;rows\\>, see a\\_b\\_c second line<br>It \\| costs<br>Fix: Create index \`x\` |

      <details><summary>1 hint</summary>

      | Where | Rule | What |
      | --- | --- | --- |
      | \`app/a.ts:1\` | \`query-in-loop\` | A hint |

      </details>

      30 queries in 12 files
      `),
    );
  });

  it("keeps a cell whole whatever back-ticks a name or a message holds", async () => {
    const text = await printed("markdown", [findingIn("a`b.ts", "«x»", { message: "odd ` back-tick and `name`" })]);
    assert.ok(text.includes("| ``app/a`b.ts:1`` | `unindexed-filter` | odd ` back-tick and `name\\` |"), text);
  });
});

describe("review as SARIF", () => {
  interface Log {
    readonly version: string;
    readonly runs: readonly {
      readonly columnKind: string;
      readonly tool: { readonly driver: { readonly name: string; readonly version: string; readonly rules: readonly { readonly id: string; readonly help: unknown }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: unknown } }[];
        readonly relatedLocations?: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
        readonly partialFingerprints: Readonly<Record<string, string>>;
      }[];
    }[];
  }

  it("names the tool, its rules, and each finding by rule, level, place and fingerprint", async () => {
    const log = JSON.parse(await printed("sarif", [odd, several, info, hint])) as Log;
    assert.equal(log.version, "2.1.0");
    const [run] = log.runs;
    assert.equal(log.runs.length, 1);
    assert.equal(run!.columnKind, "utf16CodeUnits");
    assert.equal(run!.tool.driver.name, "Plumbline");
    assert.equal(run!.tool.driver.version, "test");
    assert.deepEqual(run!.tool.driver.rules.map(({ id }) => id), someRules.map(({ id }) => id));
    assert.deepEqual(run!.results.map(({ level }) => level), ["warning", "error", "note", "note"]);
    for (const result of run!.results) assert.equal(run!.tool.driver.rules[result.ruleIndex]!.id, result.ruleId);
    assert.deepEqual(run!.results.map((result) => result.partialFingerprints["plumbline/v1"]), [odd, several, info, hint].map(({ fingerprint }) => fingerprint));
    assert.equal(run!.results[0]!.message.text, `${odd.message}\n${odd.why}`);
    assert.deepEqual(run!.results[0]!.locations[0]!.physicalLocation.region, { startLine: 1, startColumn: 20, endLine: 1, endColumn: 25 });
  });

  it("encodes what a URI cannot hold, and stays relative", async () => {
    const log = JSON.parse(await printed("sarif", [odd, hint])) as Log;
    const [first, second] = log.runs[0]!.results;
    assert.equal(first!.locations[0]!.physicalLocation.artifactLocation.uri, "app/functions/api/%5Bid%5D%2C%20100%25.js");
    assert.equal(second!.relatedLocations![0]!.physicalLocation.artifactLocation.uri, "app/b%20c.ts");
    await inFolder({}, async (folder) => {
      const outside = JSON.parse((await plumbline(["review", folder, "--format", "sarif"], { report: () => reportOf([info]) })).stdout) as Log;
      assert.equal(outside.runs[0]!.results[0]!.locations[0]!.physicalLocation.artifactLocation.uri, "a.ts");
    });
  });
});
