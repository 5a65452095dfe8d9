import assert from "node:assert/strict";
import fc from "fast-check";
import { nextMigration } from "../../../src/core/schema/migration-name";
import { compareMigrations, inMigrationOrder } from "../../../src/core/schema/migration-order";

const now = new Date("2026-03-05T10:20:30.456Z");

function next(paths: string[], slug = "add index"): string {
  return nextMigration(paths.map((path) => ({ path, text: "" })), slug, now).fileName;
}

describe("migration order", () => {
  it("is wrangler's: leading integers, numbered before unnumbered, ties as text", () => {
    assert.deepEqual(inMigrationOrder(["init.sql", "0012.sql", "10_a.sql", "9_b.sql", "0011.sql", "10_B.sql", "Also.sql"]), [
      "9_b.sql", "10_B.sql", "10_a.sql", "0011.sql", "0012.sql", "Also.sql", "init.sql",
    ]);
  });

  it("looks at every segment of a path", () => {
    assert.deepEqual(inMigrationOrder(["10_c/migration.sql", "2_b/10_x.sql", "2_b/9_y.sql", "seeds/1.sql", "2_b.sql"]), [
      "2_b/9_y.sql", "2_b/10_x.sql", "2_b.sql", "10_c/migration.sql", "seeds/1.sql",
    ]);
  });

  it("orders any names totally", () => {
    const name = fc.array(fc.constantFrom("0", "1", "10", "a", "_", "/", ".sql"), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        assert.equal(Math.sign(compareMigrations(a, b)), -Math.sign(compareMigrations(b, a)) + 0);
        if (compareMigrations(a, b) <= 0 && compareMigrations(b, c) <= 0) assert.ok(compareMigrations(a, c) <= 0);
        assert.equal(compareMigrations(a, b) === 0, a === b);
      }),
    );
  });
});

describe("the name of the next migration", () => {
  const cases: [what: string, existing: string[], expected: string][] = [
    ["an empty folder", [], "0001_add_index.sql"],
    ["three digits", ["001_init.sql", "002_users.sql"], "003_add_index.sql"],
    ["four digits with gaps", ["0001_init.sql", "0103_limits.sql"], "0104_add_index.sql"],
    ["a counter from 0", ["0000_init.sql"], "0001_add_index.sql"],
    ["no padding", ["9_b.sql", "10_a.sql"], "11_add_index.sql"],
    ["more digits than the padding has", ["998_a.sql", "999_b.sql"], "1000_add_index.sql"],
    ["duplicate numbers", ["0004_a.sql", "0004_a_fixed.sql"], "0005_add_index.sql"],
    ["dashes", ["0001-init-users.sql", "0002-add-orders.sql"], "0003-add-index.sql"],
    ["a dashed name after an underscore", ["0001_add-unique-following.sql"], "0002_add-index.sql"],
    ["two underscores", ["01__init.sql"], "02__add_index.sql"],
    ["bare numbers", ["0000.sql", "0011.sql"], "0012_add_index.sql"],
    ["seeds beside it", ["0002_b.sql", "seed_demo.sql", "schema.sql"], "0003_add_index.sql"],
    ["a folder per migration", ["0002_b/migration.sql", "0003_c/migration.sql"], "0004_add_index/migration.sql"],
    ["timestamps of fourteen digits", ["20240101120000_init.sql"], "20260305102030_add_index.sql"],
    ["a timestamp in the future", ["20991231235959_init.sql"], "20991231235960_add_index.sql"],
    ["timestamps of twelve digits", ["202401011200_init.sql"], "202603051020_add_index.sql"],
    ["days", ["20240101_init.sql"], "20260305_add_index.sql"],
    ["the same day", ["20260305_init.sql"], "20260306_add_index.sql"],
    ["days with dashes", ["2024-01-13-patch.sql"], "2026-03-05-add_index.sql"],
    ["the same day with dashes", ["2026-02-28-a.sql", "2026-03-05-b.sql"], "2026-03-06-add_index.sql"],
    ["seconds since 1970", ["1700000000_init.sql"], "1772706030_add_index.sql"],
    ["milliseconds since 1970", ["1700000000000_init.sql"], "1772706030456_add_index.sql"],
    ["a counter that became a timestamp", ["0001_init.sql", "20240101120000_x.sql"], "20260305102030_add_index.sql"],
    ["a letter before the number", ["V1__init.sql", "V2__users.sql"], "V3__add_index.sql"],
    ["pairs of up and down", ["0001_init.down.sql", "0001_init.up.sql"], "0002_add_index.up.sql"],
  ];
  for (const [what, existing, expected] of cases) {
    it(`follows ${what}`, () => assert.equal(next(existing), expected));
  }

  it("sorts last where no number can, because wrangler runs numbered files first", () => {
    for (const existing of [["init.sql", "users.sql"], ["V9__x.sql", "V10__y.sql"], ["schema.sql"]]) {
      const name = next(existing);
      assert.equal(inMigrationOrder([...existing, name]).at(-1), name);
    }
  });

  it("comes after every numbered file, whatever the folder holds", () => {
    const number = fc.oneof(fc.integer({ min: 0, max: 1200 }).map((n) => String(n)), fc.integer({ min: 0, max: 120 }).map((n) => String(n).padStart(4, "0")), fc.constant("20250101000000"));
    const name = fc.tuple(number, fc.constantFrom("_a.sql", "-b-c.sql", ".sql", "_d/migration.sql")).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (existing) => {
        const made = next(existing);
        assert.equal(inMigrationOrder([...existing, made]).at(-1), made);
      }),
    );
  });

  it("makes a plain word of any name", () => {
    assert.equal(next([], "Índice für `Users.Email`!"), "0001_indice_fur_users_email.sql");
    assert.equal(next([], "addUserIndex"), "0001_add_user_index.sql");
    assert.equal(next([], "../../etc/passwd"), "0001_etc_passwd.sql");
    assert.equal(next([], "   "), "0001_migration.sql");
    assert.ok(next([], "very ".repeat(100)).length < 80);
  });

  it("writes wrangler's first line only where the folder has it", () => {
    const plain = nextMigration([{ path: "0001_a.sql", text: "CREATE TABLE a(x);" }], "b", now);
    assert.equal(plain.header, "");
    const wranglers = nextMigration([{ path: "0001_a.sql", text: "-- Migration number: 0001 \t 2024-01-01T00:00:00.000Z\nCREATE TABLE a(x);" }], "b", now);
    assert.equal(wranglers.header, "-- Migration number: 0002 \t 2026-03-05T10:20:30.456Z\n");
    assert.equal(nextMigration([], "b", now).header, "");
  });
});
