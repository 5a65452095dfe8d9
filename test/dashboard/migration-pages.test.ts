import assert from "node:assert/strict";
import { dryRunRegions } from "../../src/dashboard/dry-run-page";
import { validationRegions } from "../../src/dashboard/validation-page";
import type { DryRunPage, RunState, ValidationPage } from "../../src/protocol/pages";
import type { MigrationDryRunReport, ValidateReport } from "../../src/protocol/report";
import { asksIn, drawnRegions, placesIn, words } from "./drawn";
import { finding } from "./reports";

const file = "migrations/0002_more.sql";
const done: RunState = { kind: "done", at: "2026-01-02T03:04:05.000Z" };

function migration(given: Partial<MigrationDryRunReport> = {}): MigrationDryRunReport {
  return { file, database: "DB", ok: true, verdict: "safe", ms: 1.25, statements: [], rows: [], lost: [], schema: [], breaks: [], estimatedMs: 40.4, estimatedRows: { read: 0, written: 0, basis: "derived" }, findings: [], ...given };
}

function inFolder(...migrations: readonly MigrationDryRunReport[]): DryRunPage["found"] {
  return [{ folder: "file:///shop", folderName: "shop", report: { version: 1, data: "a few made-up rows", migrations } }];
}

const page = (given: Partial<DryRunPage>): DryRunPage => ({ subject: "0002_more.sql", state: done, data: "seeded", hasLocal: false, found: inFolder(migration()), ...given });
const drawn = (given: Partial<DryRunPage>) => drawnRegions(dryRunRegions(page(given)));
const report = (...migrations: readonly Partial<MigrationDryRunReport>[]) => drawn({ found: inFolder(...migrations.map(migration)) }).get("report") ?? "";
const lines = (html: string) => placesIn(html).map((place) => `${place.file}:${place.range.start.line}`);

describe("the page of a dry run", () => {
  it("says what ran, on which rows, how it went and how long it took", () => {
    const there = drawn({});
    assert.match(words(there.get("heading")), /^0002_more\.sql Dry run Run .*2026.*\. Nothing was applied\.$/);
    assert.match(words(there.get("report")), /^Run on a few made-up rows Safe It runs, loses no row and breaks no query Migration migrations\/0002_more\.sql Database DB Ran in 1\.3 ms In use, about 40 ms Open Migration Create Rollback$/);
  });

  it("gives each verdict its word and its reason", () => {
    const said = (["safe", "risky", "loses-rows", "fails"] as const).map((verdict) => /class="judged">(.*?)<\/p>/.exec(report({ verdict, because: "of `x`" }))?.[1]);
    assert.deepEqual(said.map(words), ["Safe of x", "At risk of x", "Loses rows of x", "Fails of x"]);
  });

  it("links an error and a risk to their statements, and offers no rollback for what fails", () => {
    const error = { message: "no such table: t", line: 4, statement: "DROP TABLE t" };
    const html = report({ ok: false, verdict: "fails", error });
    assert.match(words(html), /It fails here migrations\/0002_more\.sql:4 no such table: t DROP TABLE t/);
    assert.deepEqual(lines(html), [`${file}:1`, `${file}:1`, `${file}:4`]);
    assert(!asksIn(html).some(({ kind }) => kind === "rollback"));
    assert.match(words(report({ risk: error })), /It depends on the data: .* migrations\/0002_more\.sql:4 no such table: t/);
  });

  it("shows rows before and after, each loss with its cause, and folds what keeps its rows", () => {
    const html = report({
      rows: [{ table: "posts", before: 3, after: 0 }, { table: "tags", before: 2, after: 2 }, { table: "notes", before: 1, after: 1 }, { table: "logs", before: 0, after: 1_200 }],
      lost: [
        { table: "posts", before: 3, after: 0, lost: 3, cause: "DROP TABLE `users` deletes them", line: 7, stated: false },
        { table: "notes", before: 1, after: 1, lost: 1, column: "owner", cause: "a key is emptied", stated: false },
      ],
    });
    assert.match(words(html), /posts 3 0 −3 3 rows lost DROP TABLE users deletes them line 7 notes 1 1 1 value of notes\.owner lost a key is emptied logs 0 1,200 \+1,200 1 table more, which keeps its rows .* tags 2 2/);
    assert(lines(html).includes(`${file}:7`));
    assert.match(words(report({ rows: [{ table: "tags", before: 2, after: 2 }] })), /1 table, and all of them keep their rows/);
  });

  it("leaves out a finding that says what the list of broken queries says", () => {
    const said = finding({ rule: "breaks-queries", message: "a query of the code fails" });
    const html = report({ breaks: [{ file: "src/a.ts", line: 3, error: "no such column: x", sql: "SELECT x" }], findings: [said], saidByBreaks: [said.fingerprint] });
    assert.doesNotMatch(words(html), /a query of the code fails|Findings/);
  });

  it("links queries that break, and warnings with their rules", () => {
    const html = report({
      breaks: [{ file: "functions/[id].js", line: 9, error: "no such table: bills", sql: "SELECT 1\nFROM bills" }],
      findings: [finding({ rule: "drop-column", file, range: { start: { line: 6, column: 3 }, end: { line: 6, column: 8 } } })],
    });
    assert.match(words(html), /Queries that break 1 functions\/\[id\]\.js:9 no such table: bills SQL SELECT 1 FROM bills/);
    assert(lines(html).includes("functions/[id].js:9") && lines(html).includes(`${file}:6`));
    assert(asksIn(html).some((ask) => ask.kind === "explainRule" && ask.rule === "drop-column"));
  });

  it("shows what is different in the schema, by sign, name and text", () => {
    const html = report({
      schema: [
        { change: "added", object: "table payables", detail: "2 columns: id, due" },
        { change: "dropped", object: "index idx_a", detail: "CREATE INDEX idx_a ON a (b)" },
        { change: "changed", object: "column a.b", detail: "was TEXT, now TEXT NOT NULL" },
      ],
    });
    assert.match(words(html), /Schema 3 \+ added table payables 2 columns: id, due − dropped index idx_a CREATE INDEX idx_a ON a \(b\) ~ changed column a\.b TEXT TEXT NOT NULL/);
    assert.match(html, /<del>TEXT<\/del> <ins>TEXT NOT NULL<\/ins>/);
  });

  it("lists statements with their lines, and unfolds long ones and their plans", () => {
    const sql = "UPDATE orders\nSET state = 'done'";
    const html = report({
      statements: [
        { line: 1, sql: "DROP TABLE a", ms: 0.04, rowsChanged: 0 },
        { line: 3, sql, ms: 12.4, rowsChanged: 1_200, estimate: { table: "orders", rows: 500_000, ms: 31_000, rowsRead: 500_000, rowsWritten: 1_000_000 }, plan: [{ detail: "SCAN orders", cost: 1, depth: 0 }] },
      ],
    });
    assert.match(words(html), /Statements 2 Line Statement Rows changed Time In use Billed line 1 DROP TABLE a < 0\.1 ms line 3 UPDATE orders SET state = 'done' UPDATE orders SET state = 'done' How SQLite goes about it SCAN orders 1,200 12 ms 31\.0 s on 500,000 rows of orders 500,000 read, 1,000,000 written/);
    assert.deepEqual(lines(html).slice(2), [`${file}:1`, `${file}:3`]);
    assert.match(html, /<pre class="sql">UPDATE orders\nSET/);
    // A column that says nothing of any statement is left out.
    assert.doesNotMatch(words(report({ statements: [{ line: 1, sql: "DROP TABLE a", ms: 1, rowsChanged: 0 }] })), /Rows changed|In use Line/);
  });

  it("folds what stands after the first statements", () => {
    const statements = Array.from({ length: 43 }, (_, at) => ({ line: at + 1, sql: "SELECT 1", ms: 1, rowsChanged: 0 }));
    assert.match(words(report({ statements })), /line 40 SELECT 1 1\.0 ms 3 statements more Line/);
  });

  it("has a table of several migrations, and folds those that are safe", () => {
    const lost = [{ table: "t", before: 1, after: 0, lost: 1, cause: "c", stated: false }];
    const html = report({ file: "migrations/1.sql" }, { file: "migrations/2.sql", verdict: "loses-rows", because: "t: c", lost });
    assert.match(words(html), /^Run on a few made-up rows Loses rows 1 Safe 1 Migration Verdict .* In use 2\.sql Loses rows t: c 1 40 ms 1\.sql Safe 40 ms/);
    assert.deepEqual([...html.matchAll(/data-do="jump" data-to="([^"]*)"/g)].map(([, to]) => to), ["migration-0-1", "migration-0-0"]);
    assert.deepEqual([...html.matchAll(/<details id="(migration-[\d-]+)" class="migration"( open)?/g)].map(([, id, open]) => `${id}${open ?? ""}`), ["migration-0-0", "migration-0-1 open"]);
  });

  it("names the folder that each part lies in", () => {
    const found = ["a", "b"].flatMap((name) => (inFolder(migration()) ?? []).map((one) => ({ ...one, folder: `file:///${name}`, folderName: name })));
    const html = drawn({ found }).get("report") ?? "";
    assert.deepEqual([...html.matchAll(/data-folder="([^"]*)"/g)].map(([, folder]) => folder), ["file:///a", "file:///b"]);
    assert.match(html, /<h2 class="folder-name">b<\/h2>/);
  });

  it("offers to run again, on other rows where there are some, and to take the report away", () => {
    const kinds = (given: Partial<DryRunPage>) => asksIn(drawn(given).get("actions")).map((ask) => (ask.kind === "run" && ask.data !== undefined ? `run ${ask.data}` : ask.kind));
    assert.deepEqual(kinds({}), ["run", "copyMarkdown", "exportJson"]);
    assert.deepEqual(kinds({ hasLocal: true }), ["run", "run local", "copyMarkdown", "exportJson"]);
    assert.deepEqual(kinds({ hasLocal: true, data: "local" }), ["run", "run seeded", "copyMarkdown", "exportJson"]);
    assert.deepEqual(kinds({ state: { kind: "running", message: "" } }), ["stop"]);
    assert.deepEqual(kinds({ state: { kind: "failed", message: "" }, found: null }), ["run"]);
  });

  it("says that it runs, was stopped, or failed and why", () => {
    const running: RunState = { kind: "running", message: "" };
    assert.match(words(drawn({ state: running, found: null }).get("heading")), /Dry run Running…$/);
    assert.match(words(drawn({ state: { kind: "running", message: "running 0002_more.sql" }, found: null }).get("heading")), /Dry run Running 0002_more\.sql…$/);
    assert(!drawn({ state: running, found: null }).has("report"));
    const again = drawn({ state: running });
    assert.match(words(again.get("heading")), /Running again…/);
    assert(again.has("report"));
    assert.match(words(drawn({ state: { kind: "cancelled" }, found: null }).get("notice")), /^Stopped .*Nothing was applied/);
    assert.match(words(drawn({ state: { kind: "cancelled" } }).get("heading")), /Stopped; what is shown is from the run before$/);
    assert.equal(words(drawn({ state: { kind: "failed", message: "no `DB`" }, found: null }).get("notice")), "The run failed no DB Nothing was applied.");
  });

  it("says where there is nothing to run", () => {
    assert.match(words(drawn({ found: inFolder() }).get("report")), /^No migration to run/);
    assert.match(words(drawn({ found: [] }).get("notice")), /^No database found .*d1_databases/);
  });
});

describe("the page of a validation", () => {
  const verdict = (given: Partial<ValidateReport["migrations"][number]> = {}): ValidateReport["migrations"][number] => ({ file, database: "DB", verdict: "safe", rollback: "exact", errors: 0, warnings: 0, breaks: 0, estimatedMs: 1, ...given });
  const validated = (migrations: ValidateReport["migrations"]): ValidationPage => ({ state: done, found: [{ folder: "file:///shop", folderName: "shop", report: { version: 1, migrations, summary: { safe: 0, risky: 0, losesRows: 0, fails: 0 } } }] });
  const regionsOf = (given: ValidationPage) => drawnRegions(validationRegions(given));

  it("lists the verdicts, each with a link to what it rests on and a dry run", () => {
    const fails = verdict({ file: "migrations/3.sql", verdict: "fails", because: "no such table: t", line: 5, errors: 1, warnings: 2, breaks: 4 });
    const { rollback: _, ...none } = fails;
    const html = regionsOf(validated([verdict(), none])).get("report") ?? "";
    assert.match(words(html), /2 migrations, each run on made-up rows Fails 1 Safe 1 .* 3\.sql:5 Fails no such table: t 1 error and 2 warnings 4 none Dry-Run migrations\/3\.sql 0002_more\.sql Safe exact 1\.0 ms Dry-Run migrations\/0002_more\.sql/);
    assert.deepEqual(lines(html), ["migrations/3.sql:5", `${file}:1`]);
    assert.deepEqual(asksIn(html).filter(({ kind }) => kind === "dryRun"), [{ kind: "dryRun", file: "migrations/3.sql" }, { kind: "dryRun", file }]);
  });

  it("says where there is nothing to validate", () => {
    assert.match(words(regionsOf(validated([])).get("report")), /^No migration to validate/);
    assert.match(words(regionsOf({ state: done, found: [] }).get("notice")), /^No database found/);
  });

  it("shows names of the project as text, whatever stands in them", () => {
    const html = [...regionsOf({ ...validated([verdict({ file: `${evil}/${evil}`, because: `\`${evil}\` ${evil}`, line: 1 })]) }).values()].join("");
    assert.doesNotMatch(html, hostile);
  });
});

const evil = `</pre></details><img src=x onerror=alert(1)>"'\``;
const hostile = /<img|x onerror=alert\(1\)>|1\)>["']/;

describe("hostile text in a dry run", () => {
  const failure = { message: evil, line: 1, statement: evil };
  const everything = migration({
    file: `${evil}/${evil}`,
    database: evil,
    because: `\`${evil}\` ${evil}`,
    error: failure,
    risk: failure,
    statements: [{ line: 1, sql: `${evil}\n${evil}`, ms: 1, rowsChanged: 1, estimate: { table: evil, rows: 1, ms: 1, rowsRead: 1, rowsWritten: 1 }, plan: [{ detail: evil, cost: 1, depth: 1 }] }, { line: 2, sql: evil.slice(0, 20), ms: 1, rowsChanged: 0 }],
    rows: [{ table: evil, before: 2, after: 1 }],
    lost: [{ table: evil, before: 2, after: 1, lost: 1, column: evil, cause: evil, line: 1, stated: false }],
    schema: [{ change: "changed", object: `table ${evil}`, detail: `was ${evil}, now ${evil}` }, { change: "added", object: evil, detail: evil }],
    breaks: [{ file: evil, line: 1, error: evil, sql: evil }],
    findings: [finding({ rule: evil, file: evil, message: evil, why: evil, fixes: [{ title: evil, safety: "safe" }], fingerprint: evil })],
  });

  it("stays text, and breaks out of no element and no attribute", () => {
    const found = (inFolder(everything, everything) ?? []).map((one) => ({ ...one, folder: evil, folderName: evil, report: { ...one.report, data: evil } }));
    const states: readonly RunState[] = [done, { kind: "running", message: evil }, { kind: "failed", message: evil }];
    for (const state of states) {
      for (const shown of [found, [...found, ...found], inFolder(everything)]) {
        const html = [...drawn({ subject: evil, state, found: shown }).values()].join("");
        assert.doesNotMatch(html, hostile);
        // Every tag is one of ours, every attribute in its quotes.
        assert.equal(html.replaceAll(/<\/?[a-z]\w*(?:\s+[\w-]+(?:="[^"<>]*")?)*\s*\/?>/g, "").match(/[<>]/), null);
      }
    }
  });

  it("arrives as it was in what a link asks for", () => {
    const html = drawn({ found: inFolder(everything) }).get("report");
    assert(placesIn(html).some((place) => place.file === evil));
    assert(asksIn(html).some((ask) => ask.kind === "explainRule" && ask.rule === evil));
  });
});
