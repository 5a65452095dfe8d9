import assert from "node:assert/strict";
import { regions } from "../../src/dashboard/health-page";
import { atFirst } from "../../src/dashboard/health-state";
import { everything, type View, withRule, withSeverity } from "../../src/dashboard/view";
import type { DashboardPage } from "../../src/protocol/pages";
import { drawnRegions, placesIn, words } from "./drawn";
import { database, finding, report, reviewed } from "./reports";

const drawn = (page: DashboardPage, view: View = everything) => drawnRegions(regions(page, { ...atFirst, findings: view }));

describe("the dashboard", () => {
  it("names the folder and the time of the review", () => {
    const heading = drawn(reviewed(report())).get("heading");
    assert.match(words(heading), /^shop Database health Reviewed .*2026/);
    assert.match(heading ?? "", /<time datetime="2026-01-02T03:04:05\.000Z">/);
  });

  it("says that it waits, works, or failed and why", () => {
    assert.match(words(drawn({ kind: "waiting", folderName: "shop" }).get("heading")), /Reviewing schema and queries…$/);
    const working = drawn({ ...reviewed(report({ findings: [finding()] })), working: true } as DashboardPage);
    assert.match(words(working.get("heading")), /Reviewing again…/);
    assert(working.has("findings"));
    assert.equal(words(drawn({ kind: "failed", folderName: "shop", message: "plumbline.json:1:2: unknown key `rowz`" }).get("notice")), "The review failed plumbline.json:1:2: unknown key rowz");
  });

  it("tells what to do where no database is found", () => {
    for (const page of [reviewed(null), reviewed(report({ databases: [] }))]) {
      const regionsThere = drawn(page);
      assert.match(words(regionsThere.get("notice")), /^No database found .*d1_databases.*schema\.sql/);
      assert.deepEqual([...regionsThere.keys()], ["heading", "notice"]);
    }
    assert.match(words(drawn(reviewed(report({ databases: [] }))).get("notice")), /in 2 files: found 7 queries/);
  });

  it("shows findings even where no database is found", () => {
    const there = drawn(reviewed(report({ databases: [], findings: [finding({ rule: "configuration" })] })));
    assert.match(words(there.get("notice")), /^No database found/);
    assert.match(there.get("findings") ?? "", /configuration/);
  });

  it("tells what was reviewed where nothing is found", () => {
    const migrations = [{ file: "migrations/0001_a.sql", status: "applied" as const }];
    const there = drawn(reviewed(report({ databases: [database({ migrations })] })));
    assert.equal(words(there.get("nothing-found")), "Nothing found Reviewed 7 queries in 2 files against 4 tables and 1 migration");
    assert(!there.has("filter") && !there.has("findings"));
  });

  it("has a card for findings, queries and each database", () => {
    const findings = [finding(), finding({ severity: "error", file: "b.ts" })];
    const databases = [database(), database({ binding: "LOGS", migrationsDir: null, baseSchema: "schema.sql" })];
    const overview = words(drawn(reviewed(report({ databases, findings, summary: { partial: 1, resolved: 6 } }))).get("overview"));
    assert.match(overview, /Findings 2 in 2 files Errors 1 Warnings 1 Notes 0 Hints 0/);
    assert.match(overview, /Queries 7 in 2 files Resolved 6 Partial 1 Unresolved 0 Database/);
    assert.match(overview, /Database DB Migrations in migrations Tables 4 Indexes 3 Views 2 Triggers 1/);
    assert.match(overview, /Database LOGS Base schema schema\.sql/);
  });

  it("lists the migrations that fail, each with a link to its statement", () => {
    const failing = (at: number) => ({ file: `migrations/000${at}_x.sql`, status: "failed" as const, error: `no such table: t${at}`, line: at });
    const migrations = [{ file: "migrations/0000_a.sql", status: "applied" as const }, { file: "migrations/0000_b.sql", status: "partly" as const, error: "duplicate column name: a" }, ...[1, 2, 3, 4].map(failing)];
    const overview = drawn(reviewed(report({ databases: [database({ migrations })] }))).get("overview");
    assert.match(words(overview), /6 migrations: 1 applied, 1 applied in part and 4 failed 0000_b\.sql duplicate column name: a 0001_x\.sql:1 no such table: t1 .* 1 more 0004_x\.sql:4/);
    assert.deepEqual(placesIn(overview).map(({ file, range }) => `${file}:${range.start.line}`), ["migrations/0000_b.sql:1", "migrations/0001_x.sql:1", "migrations/0002_x.sql:2", "migrations/0003_x.sql:3", "migrations/0004_x.sql:4"]);
  });

  it("groups findings by file, each a link to its range, with why and how to mend it", () => {
    const range = { start: { line: 8, column: 15 }, end: { line: 9, column: 2 } };
    const first = finding({ file: "src/a.ts", range, why: "`orders` has 500,000 rows", fixes: [{ title: "Create index `i`", safety: "review" }] });
    const list = drawn(reviewed(report({ findings: [first, finding({ file: "src/a.ts" }), finding({ file: "b.ts", severity: "hint" })] }))).get("findings");
    assert.match(words(list), /a\.ts src 2 orders is scanned for email , src\/a\.ts 8:15 orders has 500,000 rows unindexed-filter Fix: Create index i \(to review\)/);
    assert.deepEqual(placesIn(list)[0], { file: "src/a.ts", range });
    assert.equal(list?.match(/<h3/g)?.length, 2);
    assert.match(list ?? "", /role="img" aria-label="Hint"/);
  });

  it("counts what a filter leaves, and offers to clear it", () => {
    const page = reviewed(report({ findings: [finding(), finding({ rule: "unknown-table", severity: "error" })] }));
    assert.equal(words(drawn(page).get("count")), "2 findings");
    const some = drawn(page, withRule(everything, "unknown-table"));
    assert.equal(words(some.get("count")), "1 of 2 findings Clear Filter");
    assert.match(some.get("rules") ?? "", /id="rule-unknown-table" aria-pressed="true"/);
    assert.match(some.get("rules") ?? "", /id="rule-unindexed-filter" aria-pressed="false"/);
    const none = drawn(page, withSeverity(withRule(everything, "unknown-table"), "error"));
    assert.equal(words(none.get("findings")), "No finding matches the filter Clear Filter");
    assert.match(none.get("severities") ?? "", /id="severity-error" aria-pressed="false"/);
    assert.doesNotMatch(none.get("severities") ?? "", /severity-info/);
  });

  it("does not draw the filter box again when something is typed", () => {
    const page = reviewed(report({ findings: [finding()] }));
    assert.equal(drawn(page).get("filter"), drawn(page, { ...everything, text: "x" }).get("filter"));
  });

  it("shows names of the project as text, whatever stands in them", () => {
    const evil = `<img src=x>"'`;
    const page = reviewed(
      report({
        databases: [database({ binding: evil, migrationsDir: evil, baseSchema: evil, migrations: [{ file: evil, status: "failed", error: evil }] })],
        findings: [finding({ rule: evil, file: `${evil}/${evil}`, message: `\`${evil}\` ${evil}`, why: evil, fixes: [{ title: evil, safety: "safe" }], fingerprint: evil })],
      }),
    );
    for (const html of drawn({ ...page, folderName: evil }).values()) assert.doesNotMatch(html, /<img|x>["']/);
  });
});
