import assert from "node:assert/strict";
import { schemaDocument } from "../../src/client/markdown";
import { planDocument } from "../../src/client/plan-document";
import { statusText } from "../../src/client/status-text";
import type { ServerStatus } from "../../src/protocol/lsp";
import type { SchemaTableReport } from "../../src/protocol/report";

const idle: ServerStatus = { state: "idle", message: null, databases: 1, tables: 18, queries: 40, findings: { error: 1, warning: 10, info: 1, hint: 3 }, alerts: [], alertCount: 0 };

describe("the status bar", () => {
  it("counts tables and findings, hints left out as in the Problems view", () => {
    assert.equal(statusText(idle)?.text, "$(database) Plumbline: 18 tables · 12 findings");
    assert.equal(statusText(idle)?.tooltip, "1 database, 40 queries\n1 error, 10 warnings, 1 note, 3 hints\nClick to show the problems");
  });

  it("counts what passes the limits of the project", () => {
    const alert = { folder: "file:///a", setting: "p95Ms", limit: 50, value: 120, subject: "SELECT a FROM t", message: "one of 20 calls takes 120 ms or more; the limit is 50 ms" } as const;
    const text = statusText({ ...idle, alerts: [alert], alertCount: 3 });
    assert.equal(text?.text, "$(database) Plumbline: 18 tables · 12 findings · $(bell) 3");
    assert.match(text.tooltip, /\n3 recorded figures pass the limits in plumbline\.json\n {2}SELECT a FROM t: one of 20 calls takes 120 ms or more; the limit is 50 ms\n {2}and 2 more\n/);
  });

  it("speaks of one as of one, and of none as of none", () => {
    const one = { ...idle, tables: 1, findings: { error: 0, warning: 1, info: 0, hint: 0 } };
    assert.equal(statusText(one)?.text, "$(database) Plumbline: 1 table · 1 finding");
    assert.equal(statusText({ ...one, findings: { error: 0, warning: 0, info: 0, hint: 9 } })?.text, "$(database) Plumbline: 1 table · no findings");
  });

  it("turns while it works, and says why it failed", () => {
    assert.equal(statusText({ ...idle, state: "working" })?.text, "$(sync~spin) Plumbline: 18 tables · 12 findings");
    assert.equal(statusText({ ...idle, state: "working", databases: 0 })?.text, "$(sync~spin) Plumbline");
    const failed = statusText({ ...idle, state: "failed", message: "plumbline.json: unknown key `rowz`" });
    assert.match(failed?.tooltip ?? "", /^plumbline\.json: unknown key `rowz`\n/);
    assert.equal(failed?.isFailure, true);
  });

  it("is silent where there is no database, and when it is off", () => {
    assert.equal(statusText({ ...idle, databases: 0 }), undefined);
    assert.equal(statusText({ ...idle, state: "off" }), undefined);
  });
});

describe("a plan to read", () => {
  const report = { version: 1, database: "DB", sql: "SELECT * FROM t WHERE a = ?", ok: true, plan: [{ detail: "SCAN t", cost: 132, depth: 0 }], cost: 9500, rowsRead: 10_000, words: "SCAN t", statistics: "`t` has 10,000 rows by default" } as const;
  const searched = { plan: [{ detail: "SEARCH t USING INDEX idx_t_a (a=?)", cost: 40, depth: 0 }], cost: 16.04, rowsRead: 4, words: "SEARCH t" };
  const better = { index: "CREATE INDEX idx_t_a ON t (a);", ...searched };

  it("shows the plan now and with its own index side by side", () => {
    assert.equal(
      planDocument({ ...report, better }),
      `# Plan on DB

\`\`\`sql
SELECT * FROM t WHERE a = ?
\`\`\`

|           | now    | with its own best index |
|-----------|--------|-------------------------|
| plan      | SCAN t | SEARCH t                |
| rows\u00a0read | 10,000 | 4 (99% less)            |
| cost      | 9,500  | 16 (99% less)           |

\`t\` has 10,000 rows by default

## Now

\`\`\`text
SCAN t
\`\`\`

## With its own best index

\`\`\`sql
CREATE INDEX idx_t_a ON t (a);
\`\`\`

\`\`\`text
SEARCH t USING INDEX idx_t_a (a=?)
\`\`\`
`,
    );
  });

  it("shows what the project's indexes give to it, once where they are its own best", () => {
    const set = { indexes: ["CREATE INDEX idx_t_a_b ON t (a, b);"], ...searched };
    const both = planDocument({ ...report, better, set });
    assert.match(both, /^\| +\| now +\| with the project's indexes \| with its own best index \|$/m);
    assert.match(both, /^## With the project's indexes$/m);
    assert.match(both, /^## With its own best index$/m);
    const same = planDocument({ ...report, better, set: { ...set, indexes: [better.index] } });
    assert.match(same, /^## With the project's indexes, which are its own best$/m);
    assert.doesNotMatch(same, /^## With its own best index$/m);
  });

  it("says where the project's indexes leave it as it is, and while they are being chosen", () => {
    const set = { indexes: [], ...searched };
    assert.match(planDocument({ ...report, better, set }), /\nNone of the indexes that the whole project asks for is used here: [^\n]+\n$/);
    assert.match(planDocument({ ...report, set }), /\nNo index pays here: [^\n]+\n$/);
    assert.match(planDocument({ ...report, better }, "working"), /\nWorking out [^\n]+\n$/);
  });

  it("names the indexes that it uses, and what was measured", () => {
    const text = planDocument({ ...report, indexes: [{ name: "i", madeIn: { file: "migrations/0001_a.sql", line: 3 } }, { name: "sqlite_autoindex_t_1", madeIn: null }], measured: { ms: 123.4, rows: 100_000 } });
    assert.match(text, /^Uses `i` \(`migrations\/0001_a\.sql:3`\), `sqlite_autoindex_t_1`$/m);
    assert.match(text, /^Measured on made-up rows: 123 ms, 100,000 rows read$/m);
  });

  it("shows SQLite's reason where the statement does not run", () => {
    assert.match(planDocument({ ...report, ok: false, error: "no such table: t", plan: [] }), /It does not run: no such table: t\n$/);
    assert.match(planDocument({ ...report, plan: [] }), /nothing to plan: it reads no table\n$/);
  });

  it("survives back-ticks in the SQL", () => {
    assert.match(planDocument({ ...report, sql: "SELECT '```'" }), /````sql\nSELECT '```'\n````/);
  });
});

describe("a schema to read", () => {
  const table: SchemaTableReport = {
    name: "orders",
    kind: "table",
    sql: "",
    columns: [
      { name: "id", type: "INTEGER", notNull: false, default: null, primaryKey: 1, generated: false, madeIn: { file: "migrations/0001_a.sql", line: 2 } },
      { name: "state", type: "TEXT", notNull: true, default: "'a|b'", primaryKey: 0, generated: false, madeIn: null },
    ],
    foreignKeys: [{ columns: ["user_id"], parent: "users", parentColumns: ["id"], onDelete: "CASCADE", onUpdate: "NO ACTION" }],
    indexes: [{ name: "idx_state", columns: ["state"], unique: false, where: "state <> 'done'", made: "c", sql: null, madeIn: null }],
    madeIn: { file: "migrations/0001_a.sql", line: 1 },
  };

  it("says of every table its columns, keys and indexes, and where they were made", () => {
    const database = { binding: "DB", name: null, declaredIn: null, migrationsDir: "migrations", baseSchema: null, tables: [table], views: [], triggers: [] };
    assert.equal(
      schemaDocument([{ folder: "file:///a", folderName: "a", schema: { version: 1, databases: [database] } }]),
      `# DB

1 table, from migrations in \`migrations\`

## orders

Made in \`migrations/0001_a.sql:1\`

| column | type | | made in |
|---|---|---|---|
| id | INTEGER | primary key | migrations/0001_a.sql:2 |
| state | TEXT | not null, default 'a\\|b' |  |

- index \`idx_state\` (state) where \`state <> 'done'\`
- foreign key (user_id) to \`users\` (id), on delete cascade
`,
    );
  });
});
