import assert from "node:assert/strict";
import { splitStatements } from "../../../src/core/sql/split";

/** The statements, each as written, and that every span points at its text. */
function split(text: string): string[] {
  const statements = splitStatements(text);
  for (const { span, text: own } of statements) assert.equal(text.slice(span.start, span.end), own);
  return statements.map((statement) => statement.text);
}

describe("splitStatements", () => {
  it("cuts at semicolons and leaves out comments around statements", () => {
    assert.deepEqual(split("-- first; one\nCREATE TABLE a (x); /* ; */ SELECT 1;\n-- end"), ["CREATE TABLE a (x)", "SELECT 1"]);
  });

  it("ignores semicolons in strings, quoted names, brackets and comments", () => {
    const one = `INSERT INTO "a;b" VALUES ('x;''y;', [c;d], \`e;f\` /* ; */ -- ;\n)`;
    assert.deepEqual(split(`${one};SELECT 2`), [one, "SELECT 2"]);
  });

  it("knows a byte order mark, CRLF and an empty text", () => {
    assert.deepEqual(split("\ufeffSELECT 1;\r\nSELECT 2;\r\n"), ["SELECT 1", "SELECT 2"]);
    assert.deepEqual(split(""), []);
    assert.deepEqual(split("-- only a note\r\n/* and another */ ;;"), []);
  });

  it("takes the rest as one statement where a string or a comment does not end", () => {
    assert.deepEqual(split("SELECT 1; SELECT 'open; SELECT 3;"), ["SELECT 1", "SELECT 'open; SELECT 3;"]);
    assert.deepEqual(split("SELECT 1; SELECT 2 /* open; SELECT 3;"), ["SELECT 1", "SELECT 2"]);
  });

  it("says whether a semicolon ends a statement", () => {
    assert.deepEqual(splitStatements("SELECT 1; SELECT 2 -- no end").map((one) => one.terminated), [true, false]);
  });

  it("ends a statement at drizzle's breakpoint, with or without a semicolon", () => {
    assert.deepEqual(split("CREATE TABLE a (x);--> statement-breakpoint\nCREATE TABLE b (y)\n--> statement-breakpoint\nSELECT 1"), [
      "CREATE TABLE a (x)",
      "CREATE TABLE b (y)",
      "SELECT 1",
    ]);
  });

  const triggers: readonly (readonly [string, string])[] = [
    ["upper case", "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = 1; DELETE FROM b; END"],
    ["lower case and lines", "create temp trigger if not exists t\r\nafter insert on a\r\nbegin\r\n  update a set x = 1;\r\nend"],
    ["CASE in the body", "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN y THEN 1 ELSE 2 END; SELECT 1; END"],
    ["CASE in WHEN", "CREATE TRIGGER t AFTER INSERT ON a WHEN CASE NEW.x WHEN 1 THEN 1 END BEGIN SELECT 1; END"],
    ["columns named end and begin", "CREATE TRIGGER t AFTER UPDATE OF begin ON a BEGIN UPDATE a SET y = NEW.end; SELECT end FROM a; END"],
    ["nested CASE", "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN CASE WHEN 2 THEN 3 END END; END"],
    ["a comment before the end", "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; -- END;\n /* END; */ END"],
    ["a missing semicolon before the end", "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b WHERE id = 1 END"],
  ];
  for (const [what, trigger] of triggers) {
    it(`keeps a trigger whole: ${what}`, () => {
      assert.deepEqual(split(`${trigger};\nSELECT 'after';`), [trigger, "SELECT 'after'"]);
    });
  }

  it("does not take other statements for triggers", () => {
    assert.deepEqual(split("BEGIN; CREATE TABLE trigger_log (x); SELECT 1; END; DROP TRIGGER t; SELECT 2"), [
      "BEGIN",
      "CREATE TABLE trigger_log (x)",
      "SELECT 1",
      "END",
      "DROP TRIGGER t",
      "SELECT 2",
    ]);
  });

  it("reads each character once", () => {
    const time = (rows: number): number => {
      const text = "INSERT INTO a VALUES (1, 'some text; more'), (2, NULL);\n".repeat(rows);
      const started = performance.now();
      assert.equal(splitStatements(text).length, rows);
      return performance.now() - started;
    };
    time(20_000);
    const small = Math.min(time(20_000), time(20_000));
    assert.ok(Math.min(time(80_000), time(80_000)) < 12 * Math.max(small, 2), "four times the text took more than twelve times as long");
  });
});
