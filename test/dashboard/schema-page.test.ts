import assert from "node:assert/strict";
import { choiceOf, type DiagramChoice, firstChoice, matches, shownPart } from "../../src/dashboard/diagram-choice";
import { layOut, type Picture } from "../../src/dashboard/diagram-layout";
import { exportedSvg } from "../../src/dashboard/diagram-svg";
import { fitted, moved, zoomed } from "../../src/dashboard/pan-zoom";
import { schemaRegions } from "../../src/dashboard/schema-page";
import type { SchemaPage } from "../../src/protocol/pages";
import type { DiagramColumn, DiagramDatabase, DiagramEdge, DiagramTable } from "../../src/protocol/report";
import { asksIn, drawnRegions, words } from "./drawn";

const column = (name: string, given: Partial<DiagramColumn> = {}): DiagramColumn => ({ name, type: "INTEGER", primaryKey: false, foreignKey: "no", notNull: false, index: "no", ...given });
const table = (name: string, given: Partial<DiagramTable> = {}): DiagramTable => ({ name, kind: "table", columns: [column("id", { primaryKey: true, notNull: true }), column("note")], rows: 1_200, rowsFrom: "assumed", indexes: [], madeIn: { file: "migrations/1.sql", line: 3 }, ...given });
const edge = (child: string, parent: string, given: Partial<DiagramEdge> = {}): DiagramEdge => ({ child, columns: ["id"], parent, parentColumns: ["id"], onDelete: "CASCADE", supported: true, optional: false, toOne: false, ...given });
const shop: DiagramDatabase = { binding: "DB", tables: ["users", "orders", "items", "rates"].map((name) => table(name)), edges: [edge("orders", "users"), edge("items", "orders", { supported: false })] };
const picture = ({ tables, edges }: DiagramDatabase, columns: "names" | "keys" | "all" = "all"): Picture => layOut(tables, edges, columns, (text) => text.length * 7);
const drawn = (database: DiagramDatabase, choice: Partial<DiagramChoice> = {}) => {
  const chosen = { ...firstChoice, ...choice };
  const page: SchemaPage = { kind: "reviewed", folderName: "shop", reviewedAt: "2026-01-02T03:04:05.000Z", working: false, report: { version: 1, databases: [database] }, wanted: null };
  return drawnRegions(schemaRegions(page, chosen, picture({ binding: "DB", ...shownPart(database, chosen.focus) })));
};

/** A parent with so many children, each with one of its own. */
function star(children: number): DiagramDatabase {
  const names = Array.from({ length: children }, (_, at) => `child${at}`);
  return { binding: "DB", tables: [table("hub"), ...names.flatMap((name) => [table(name), table(`${name}_part`)])], edges: names.flatMap((name) => [edge(name, "hub"), edge(`${name}_part`, name)]) };
}

function overlaps({ tables }: Picture): readonly string[] {
  return tables.flatMap((a, at) => tables.slice(at + 1).flatMap((b) => (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height ? [`${a.table.name} ${b.table.name}`] : [])));
}

describe("the layout of the schema", () => {
  it("puts parents to the left of their children, and no table on another", () => {
    const laid = picture(shop);
    const x = (name: string): number => laid.tables.find((one) => one.table.name === name)!.x;
    assert(x("users") < x("orders") && x("orders") < x("items"));
    assert.deepEqual(overlaps(laid), []);
  });

  it("keeps about the shape of a window where one table has dozens of children", () => {
    for (const columns of ["names", "keys", "all"] as const) {
      const laid = picture(star(38), columns);
      assert.deepEqual(overlaps(laid), []);
      assert(laid.width / laid.height > 0.6 && laid.width / laid.height < 4, `${laid.width} x ${laid.height}`);
    }
  });

  it("draws a table that refers to itself, and tables that refer to each other", () => {
    const laid = picture({ binding: "DB", tables: [table("a"), table("b")], edges: [edge("a", "a"), edge("a", "b"), edge("b", "a")] });
    assert.deepEqual(overlaps(laid), []);
    assert(laid.edges.length === 3 && laid.edges.every(({ path }) => /^M[-\d. C]+$/.test(path)));
  });

  it("leaves out columns that are no part of a key", () => {
    const [users] = picture(shop, "keys").tables;
    assert.deepEqual([users!.columns.map(({ name }) => name), users!.more], [["id"], 1]);
    assert.deepEqual(picture(shop, "names").tables[0]!.columns, []);
  });
});

describe("the page of the schema", () => {
  it("draws every table with its columns, and leads to the line that made it", () => {
    const there = drawn(shop);
    assert.match(words(there.get("picture")), /users 1\.2K id: INTEGER, primary key, not null id INTEGER NN/);
    assert.equal(asksIn(there.get("picture")).filter(({ kind }) => kind === "open").length, 4);
    assert.match(there.get("picture") ?? "", /class="edge unsupported" data-parent="orders" data-child="items"/);
    assert.match(words(there.get("list")), /^4 tables items foreign key without an index 1\.2K orders 1\.2K rates 1\.2K users 1\.2K$/);
  });

  it("shows what is near one table, by steps", () => {
    const near = (depth: number) => shownPart(shop, { table: "users", depth }).tables.map(({ name }) => name);
    assert.deepEqual([near(1), near(2)], [["users", "orders"], ["users", "orders", "items"]]);
    const there = drawn(shop, { focus: { table: "users", depth: 1 } });
    assert.match(words(there.get("bar")), /Around users 1 2 3 All Tables 2 tables of 4/);
    assert.deepEqual(asksIn(there.get("bar")).find(({ kind }) => kind === "copyMermaid"), { kind: "copyMermaid", database: 0, tables: ["users", "orders"] });
  });

  it("finds tables by their names first, then by those of columns", () => {
    const tables = [table("a", { columns: [column("order_id")] }), table("orders"), table("b")];
    assert.deepEqual(matches(tables, "ORDER").map(({ name }) => name), ["orders", "a"]);
    assert.match(words(drawn(shop, { text: "nowhere" }).get("list")), /No table or column has “nowhere” in its name/);
  });

  it("tells of a selected table what the picture shows, with what it refers to", () => {
    const details = words(drawn(shop, { selected: "orders" }).get("details"));
    assert.match(details, /^orders about 1,200 rows, assumed Open 1\.sql:3 Only Its Neighbours Columns id: INTEGER, primary key, not null note: INTEGER Refers to users by id Referred to by items \(id\) without an index$/);
  });

  it("escapes every name, in the page and in the file", () => {
    const hostile = '</svg><script>alert(1)</script>"\'&\u0001';
    const database: DiagramDatabase = { binding: "DB", tables: [table(hostile, { columns: [column(hostile, { type: hostile })] })], edges: [edge(hostile, hostile)] };
    const all = [...drawn(database, { selected: hostile, focus: { table: hostile, depth: 1 }, text: hostile }).values(), exportedSvg(picture(database), hostile)];
    for (const text of all) assert.doesNotMatch(text, /<script|alert\(1\)<\/script/);
    assert.doesNotMatch(exportedSvg(picture(database), hostile), /[\u0001]/);
  });

  it("is exported with its own styles, for light and dark, without links and scripts", () => {
    const svg = exportedSvg(picture(shop), "shop: DB");
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+".*prefers-color-scheme: dark.*<\/svg>\n$/s);
    assert.doesNotMatch(svg, /data-do|var\(--vscode|href/);
  });

  it("says what to do where there is nothing", () => {
    assert.match(words(drawn({ binding: "DB", tables: [], edges: [] }).get("notice")), /^No table yet/);
  });
});

describe("what is remembered of the picture", () => {
  it("is taken as far as it can be read", () => {
    assert.deepEqual(choiceOf({ columns: "some", sight: { x: 1, y: "2", scale: 1 }, focus: { table: "t" }, text: 3 }), firstChoice);
    const choice: DiagramChoice = { ...firstChoice, columns: "names", focus: { table: "t", depth: 2 }, sight: { x: 1, y: 2, scale: 0.5 }, asked: 7 };
    assert.deepEqual(choiceOf(JSON.parse(JSON.stringify(choice))), choice);
  });
});

describe("moving and zooming", () => {
  it("keeps the point under the pointer, and stays within bounds", () => {
    const start = { x: 100, y: 50, scale: 1 };
    const near = zoomed(start, 2, { x: 40, y: 20 });
    assert.deepEqual([start.x + 40, start.y + 20], [near.x + 40 / near.scale, near.y + 20 / near.scale]);
    assert.equal(zoomed(start, 1e9).scale, 3);
    assert.deepEqual(moved({ ...start, scale: 2 }, 10, -10), { x: 95, y: 55, scale: 2 });
    assert(fitted({ width: 5_000, height: 100 }, { width: 500, height: 500 }).scale <= 0.1);
  });
});
