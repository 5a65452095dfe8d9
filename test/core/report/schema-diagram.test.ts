import assert from "node:assert/strict";
import { mermaidText, schemaDiagram } from "../../../src/core/report/schema-diagram";
import type { MappedTable, SchemaMap } from "../../../src/core/report/view-shapes";

type Column = MappedTable["columns"][number];

function column(name: string, given: Partial<Column> = {}): Column {
  return { name, type: "INTEGER", notNull: false, default: null, primaryKey: 0, generated: false, madeIn: null, ...given };
}

function table(name: string, given: Partial<MappedTable> = {}): MappedTable {
  return { name, kind: "table", sql: "", columns: [column("id", { primaryKey: 1 })], rows: 10, rowsFrom: "assumed", rowsWords: "", indexes: [], foreignKeys: [], madeIn: null, ...given };
}

function index(name: string, columns: readonly string[], given: Partial<MappedTable["indexes"][number]> = {}): MappedTable["indexes"][number] {
  return { name, columns, unique: false, where: null, made: "c", sql: null, madeIn: null, use: "unused", usedBy: [], ...given };
}

function key(columns: readonly string[], parent: string, given: Partial<MappedTable["foreignKeys"][number]> = {}): MappedTable["foreignKeys"][number] {
  return { columns, parent, parentColumns: ["id"], onDelete: "NO ACTION", onUpdate: "NO ACTION", supported: true, ...given };
}

function diagram(...tables: readonly MappedTable[]) {
  const map: SchemaMap = { version: 1, databases: [{ binding: "DB", name: null, declaredIn: null, migrationsDir: null, baseSchema: null, tables, views: [], triggers: [] }] };
  return schemaDiagram(map).databases[0]!;
}

describe("the schema as a diagram", () => {
  it("marks keys, what must be there, and the strongest index of each column", () => {
    const columns = [column("id", { primaryKey: 1 }), column("user", { notNull: true }), column("mail"), column("day"), column("note")];
    const [orders] = diagram(table("orders", { columns, foreignKeys: [key(["USER"], "users", { supported: false })], indexes: [index("a", ["day DESC", "note"]), index("b", ["mail"], { unique: true, made: "u" }), index("c", ["mail"]), index("pk", ["id"], { made: "pk", unique: true })] }), table("users")).tables;
    assert.deepEqual(
      orders!.columns.map(({ name, primaryKey, foreignKey, notNull, index: mark }) => [name, primaryKey, foreignKey, notNull, mark]),
      [
        ["id", true, "no", true, "no"],
        ["user", false, "unsupported", true, "no"],
        ["mail", false, "no", false, "unique"],
        ["day", false, "no", false, "leads"],
        ["note", false, "no", false, "part"],
      ],
    );
  });

  it("does not take a partial or a wider unique index for a column whose values differ", () => {
    const [only] = diagram(table("t", { columns: [column("a"), column("b")], indexes: [index("p", ["a"], { unique: true, where: "b = 1" }), index("w", ["b", "a"], { unique: true })] })).tables;
    assert.deepEqual(only!.columns.map((one) => one.index), ["leads", "leads"]);
  });

  it("joins tables as they are spelled, says whether a parent may be missing, and how many children there are", () => {
    const { edges } = diagram(
      table("Users"),
      table("profiles", { columns: [column("user_id", { primaryKey: 1 })], foreignKeys: [key(["user_id"], "users", { parentColumns: ["ID"] })] }),
      table("notes", { columns: [column("id", { primaryKey: 1 }), column("user_id")], foreignKeys: [key(["user_id"], "USERS", { supported: false, onDelete: "CASCADE" }), key(["gone_id"], "gone")] }),
    );
    assert.deepEqual(edges, [
      { child: "profiles", columns: ["user_id"], parent: "Users", parentColumns: ["id"], onDelete: "NO ACTION", supported: true, optional: false, toOne: true },
      { child: "notes", columns: ["user_id"], parent: "Users", parentColumns: ["id"], onDelete: "CASCADE", supported: false, optional: true, toOne: false },
    ]);
  });
});

describe("Mermaid's text", () => {
  const database = diagram(
    table("users", { columns: [column("id", { primaryKey: 1 }), column("mail", { type: "VARCHAR(80)", notNull: true })], indexes: [index("m", ["mail"], { unique: true })] }),
    table("notes", { columns: [column("id", { primaryKey: 1 }), column("user_id", { notNull: true })], foreignKeys: [key(["user_id"], "users", { supported: false })] }),
  );

  it("has tables with typed columns, their keys, and the foreign keys", () => {
    assert.equal(
      mermaidText(database),
      `erDiagram
  users {
    INTEGER id PK
    VARCHAR_80_ mail UK "not null"
  }
  notes {
    INTEGER id PK
    INTEGER user_id FK "not null; no index"
  }
  users ||--o{ notes : "user_id"
`,
    );
  });

  it("leaves out what was not asked for, and foreign keys to it", () => {
    const text = mermaidText(database, ["notes"]);
    assert.match(text, /notes \{/);
    assert.doesNotMatch(text, /users/);
  });

  it("takes names that would break its grammar, and keeps them apart", () => {
    const hostile = diagram(table('a"b {', { columns: [column('x"\ny', { type: "" })] }), table("a_b_"), table("1st", { columns: [] }));
    assert.equal(
      mermaidText(hostile),
      `erDiagram
  a_b_["a'b {"] {
    ANY x_y "x'y"
  }
  a_b__2["a_b_"] {
    INTEGER id PK
  }
  _1st["1st"]
`,
    );
  });
});
