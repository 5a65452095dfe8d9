import assert from "node:assert/strict";
import type { SchemaReport } from "../../src/protocol/report";
import { testEngine } from "../support/engine";
import { dedent, inFolder, plumbline } from "./support";

type Database = SchemaReport["databases"][number];
type Table = Database["tables"][number];
type Column = Table["columns"][number];

const made = (line: number) => ({ file: "migrations/0001.sql", line });
const column = (name: string, type: string, about: Partial<Column> = {}): Column => {
  return { name, type, notNull: false, default: null, primaryKey: 0, generated: false, madeIn: null, ...about };
};
const table = (name: string, sql: string, columns: readonly Column[], about: Partial<Table> = {}): Table => {
  return { name, kind: "table", sql, columns, foreignKeys: [], indexes: [], madeIn: null, ...about };
};
const index = (name: string, columns: readonly string[], about: Partial<Table["indexes"][number]> = {}): Table["indexes"][number] => {
  return { name, columns, unique: false, where: null, made: "c", sql: null, madeIn: null, ...about };
};
const key = (columns: readonly string[], parent: string, parentColumns: readonly string[], onDelete = "NO ACTION") => {
  return { columns, parent, parentColumns, onDelete, onUpdate: "NO ACTION" };
};

const id = column("id", "INTEGER", { primaryKey: 1 });
const orders = table(
  "orders",
  "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, total REAL DEFAULT 0)",
  [id, column("user_id", "INTEGER", { notNull: true }), column("total", "REAL", { default: "0" })],
  {
    foreignKeys: [key(["user_id"], "Users", ["id"], "CASCADE")],
    indexes: [index("idx_orders_total", ["user_id", "total"], { where: "total > 0", sql: "CREATE INDEX idx_orders_total ON orders (user_id, total) WHERE total > 0", madeIn: made(9) })],
    madeIn: made(4),
  },
);
const users = table("users", "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE -- lower case\n)", [id, column("email", "TEXT", { notNull: true })], {
  indexes: [index("sqlite_autoindex_users_1", ["email"], { unique: true, made: "u" })],
  madeIn: made(1),
});
const database: Database = {
  binding: "DB",
  name: null,
  declaredIn: null,
  migrationsDir: "migrations",
  baseSchema: null,
  tables: [orders, users],
  views: [{ name: "totals", sql: "CREATE VIEW totals AS SELECT user_id, sum(total) FROM orders GROUP BY 1 -- by user", madeIn: made(12) }],
  triggers: [{ name: "tidy", table: "orders", sql: "CREATE TRIGGER tidy AFTER DELETE ON orders BEGIN SELECT 1; END", madeIn: made(14) }],
};

function schema(format: string, ...databases: readonly Database[]): Promise<string> {
  return inFolder({}, async (cwd) => {
    const { stdout, status } = await plumbline(["schema", "--format", format], { schema: () => ({ version: 1, databases }) }, { cwd });
    assert.equal(status, 0);
    return stdout;
  });
}

describe("schema", () => {
  it("as text names tables, columns, keys, indexes and the lines that made them", async () => {
    assert.equal(
      await schema("text", database),
      dedent(`
      DB migrations: 2 tables, 1 view, 1 trigger

      orders  migrations/0001.sql:4
        id       INTEGER  primary key
        user_id  INTEGER  not null, → Users.id on delete cascade
        total    REAL     default 0
        index idx_orders_total (user_id, total) where total > 0  migrations/0001.sql:9

      users  migrations/0001.sql:1
        id     INTEGER  primary key
        email  TEXT     not null, unique

      view totals  migrations/0001.sql:12
      trigger tidy on orders  migrations/0001.sql:14
      `),
    );
    assert.match(await schema("text"), /^There is no database here/);
  });

  it("as JSON is the report", async () => {
    assert.deepEqual(JSON.parse(await schema("json", database)), { version: 1, databases: [database] });
  });

  it("as Markdown has a section for each table", async () => {
    assert.equal(
      (await schema("markdown", database)).slice(0, 558),
      dedent(`
      ## DB

      ### orders

      | Column | Type |  |
      | --- | --- | --- |
      | \`id\` | \`INTEGER\` | primary key |
      | \`user_id\` | \`INTEGER\` | not null, → Users.id on delete cascade |
      | \`total\` | \`REAL\` | default 0 |

      | Index | Columns |  |
      | --- | --- | --- |
      | \`idx_orders_total\` | \`user_id\`, \`total\` | where \`total > 0\` |

      | Foreign key | Parent | On delete | On update |
      | --- | --- | --- | --- |
      | \`user_id\` | \`Users\` (\`id\`) | cascade | no action |

      ### users

      | Column | Type |  |
      | --- | --- | --- |
      | \`id\` | \`INTEGER\` | primary key |
      | \`email\` | \`TEXT\` | not null, unique |
      `).slice(0, 558),
    );
  });

  it("as SQL runs in SQLite, parents before children, comments at an end closed", async () => {
    const sql = await schema("sql", database);
    const db = (await testEngine()).open();
    const before = sql.split("\n\n").map((statement) => /^CREATE \w+ (\w+)/.exec(statement)?.[1]);
    assert.deepEqual(before, ["users", "orders", "idx_orders_total", "totals", "tidy"]);
    for (const statement of sql.split("\n\n")) assert.equal(db.run(statement).ok, true, statement);
    db.close();
  });

  it("as SQL keeps several databases apart, and ends where tables name each other", async () => {
    const a = table("a", "CREATE TABLE a (b REFERENCES b)", [], { foreignKeys: [key(["b"], "b", [])] });
    const b = table("b", "CREATE TABLE b (a REFERENCES a);", [], { foreignKeys: [key(["a"], "a", [])] });
    const first = { ...database, tables: [a, b], views: [], triggers: [] };
    assert.equal(
      await schema("sql", first, { ...first, migrationsDir: "other", tables: [] }),
      "-- DB (migrations)\n\nCREATE TABLE b (a REFERENCES a);\n\nCREATE TABLE a (b REFERENCES b);\n\n-- DB (other)\n",
    );
  });

  it("as a Mermaid diagram draws keys, and bends what its grammar rejects", async () => {
    const odd = table('od"d ta%ble', "", [
      column("2nd", "DECIMAL(10, 2)", { primaryKey: 1 }),
      column("pk", ""),
      column("na me", "DOUBLE PRECISION"),
      column("FK-1", "TEXT"),
      column("größe", "TEXT"),
      column("user", "INTEGER"),
    ], { foreignKeys: [key(["2nd"], "users", ["id"]), key(["user"], "users", ["id"])] });
    assert.equal(
      await schema("mermaid", { ...database, tables: [orders, users, odd, table("empty", "", [])] }),
      dedent(`
      erDiagram
        "orders" {
          INTEGER id PK
          INTEGER user_id FK
          REAL total
        }
        "users" {
          INTEGER id PK
          TEXT email UK
        }
        "od_d ta_ble" {
          DECIMAL(10_2) _2nd PK, FK "2nd"
          any _pk "pk"
          DOUBLE_PRECISION na_me "na me"
          TEXT _FK-1 "FK-1"
          TEXT gr_e "größe"
          INTEGER user FK
        }
        "empty" {
        }
        "users" ||--o{ "orders" : "user_id"
        "users" ||--o| "od_d ta_ble" : "2nd"
        "users" |o--o{ "od_d ta_ble" : "user"
      `),
    );
  });

  it("as a Mermaid diagram tells databases with the same tables apart", async () => {
    const text = await schema("mermaid", { ...database, tables: [users] }, { ...database, migrationsDir: "other", tables: [users] });
    assert.match(text, /"DB \(migrations\)\.users" \{[^]*"DB \(other\)\.users" \{/);
  });
});
