import assert from "node:assert/strict";
import { review } from "../../support/review";

const found = async (...names: readonly string[]): Promise<readonly string[]> =>
  (await review(names.map((name, at) => `//- /migrations/${name}.sql\nCREATE TABLE t${at} (id INTEGER PRIMARY KEY);`).join("\n"), "not-a-migration")).filter(({ rule }) => rule === "not-a-migration").map(({ file, severity, data }) => `${file} ${severity} ${String(data["purpose"])}`);

describe("not-a-migration", () => {
  it("knows rollbacks by their names and by the file that they take back", async () => {
    assert.deepEqual(await found("0001_a", "0001_a.down"), ["migrations/0001_a.down.sql warning rollback"]);
    assert.deepEqual(await found("0001_a", "0001_a_rollback"), ["migrations/0001_a_rollback.sql warning rollback"]);
    assert.deepEqual(await found("0001_a/up", "0001_a/down"), ["migrations/0001_a/down.sql warning rollback"]);
    assert.deepEqual(await found("V1__a", "U1__a"), ["migrations/U1__a.sql warning rollback"]);
  });

  it("knows seeds and files without a number beside numbered ones", async () =>
    assert.deepEqual(await found("0001_a", "0002_b", "seed_roles", "schema", "notes"), [
      "migrations/notes.sql hint unnumbered",
      "migrations/schema.sql hint unnumbered",
      "migrations/seed_roles.sql hint seed",
    ]));

  for (const names of [
    ["init", "add_users", "seed"],
    ["0001_a", "0002_seed_roles", "0003_rollback_prices"],
    ["0001_a", "setup"],
    ["0001_a/migration", "0002_b/migration"],
    ["2024-01-13-patch", "2024-04-03-patch"],
    ["V1__a", "V2__b"],
  ]) {
    it(`leaves ${names.join(", ")} alone`, async () => assert.deepEqual(await found(...names), []));
  }
});
