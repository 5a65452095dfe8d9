import assert from "node:assert/strict";
import { review } from "../../support/review";

const messages = async (...names: readonly string[]): Promise<readonly string[]> =>
  (await review(names.map((name, at) => `//- /migrations/${name}.sql\nCREATE TABLE t${at} (id INTEGER PRIMARY KEY);`).join("\n"), "gap-in-order")).filter(({ rule }) => rule === "gap-in-order").map(({ file, message }) => `${file}: ${message}`);

describe("gap-in-order", () => {
  it("names all gaps at the first file behind one", async () =>
    assert.deepEqual(await messages("001_a", "002_b", "004_c", "005_d", "009_e"), ["migrations/004_c.sql: No migration has the numbers 003, 006 to 008"]));

  it("says it of one number", async () => assert.deepEqual(await messages("0000_a", "0001_b", "0003_c"), ["migrations/0003_c.sql: No migration has the number 0002"]));

  for (const names of [
    ["0001_a", "0002_b", "0103_c", "0104_d"],
    ["0010_a", "0020_b", "0030_c"],
    ["0005_a", "0006_b"],
    ["0001_a", "0001_b", "0002_c"],
    ["20240101_a", "20240105_b", "20240106_c"],
    ["2024-01-13-patch", "2024-04-03-patch", "2025-01-01-patch"],
    ["0001_a/migration", "0002_b/migration"],
    ["a", "b"],
  ]) {
    it(`leaves ${names.join(", ")} alone`, async () => assert.deepEqual(await messages(...names), []));
  }
});
