import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const files = (...names: readonly string[]): string => names.map((name, at) => `//- /migrations/${name}.sql\nCREATE TABLE t${at} (id INTEGER PRIMARY KEY);`).join("\n");

describe("duplicate-number", () => {
  it("stands at the file that runs second", () =>
    check(`
//- /migrations/0001_users.sql
CREATE TABLE users (id INTEGER PRIMARY KEY);
//- /migrations/2_age.sql
ALTER TABLE users ADD COLUMN age INTEGER;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ duplicate-number \`2_age.sql\` has the number of \`0002_name.sql\`
//- /migrations/0002_name.sql
ALTER TABLE users ADD COLUMN name TEXT;
`));

  it("is a hint where the two share no table", async () => {
    const severities = (await review(files("0001_a", "0001_b"))).map(({ rule, severity }) => `${rule} ${severity}`);
    assert.deepEqual(severities, ["duplicate-number hint"]);
  });

  for (const names of [
    ["048_demo", "048a_demo_tables", "048b_demo_rows"],
    ["040_tasks", "040_tasks_fixed"],
    ["0001_a/migration", "0002_b/migration"],
    ["0001_a/one", "0001_a/two"],
    ["2024-01-13-patch", "2024-04-03-patch"],
    ["20240113_a", "20240113_b"],
    ["20240113120000_a", "20240113120001_b"],
    ["1705147200_a", "1705147201_b"],
    ["init", "seed"],
  ]) {
    it(`leaves ${names.join(", ")} alone`, async () => assert.deepEqual((await review(files(...names))).map(({ message }) => message), []));
  }
});
