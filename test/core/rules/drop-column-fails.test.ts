import { check, fixed } from "../../support/review";
import { parseFixture } from "../../support/fixture";
import assert from "node:assert/strict";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE teams (id INTEGER PRIMARY KEY);
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT,
  nick TEXT CHECK (nick <> name),
  age INTEGER,
  team_id INTEGER REFERENCES teams (id),
  mail TEXT UNIQUE,
  seen TEXT
);
CREATE INDEX users_team_id ON users (team_id);
CREATE INDEX adults ON users (name) WHERE age > 17;
CREATE VIEW seen AS SELECT id FROM users WHERE seen IS NOT NULL;
`;

describe("drop-column-fails", () => {
  it("says what holds the column", () =>
    check(`${schema}
//- /migrations/0002_drop.sql
-- plumbline-allow-file drops-data: none of them is filled
ALTER TABLE users DROP COLUMN id;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ drop-column-fails \`users.id\` cannot be dropped: it is part of the primary key
ALTER TABLE users DROP COLUMN mail;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ drop-column-fails it is UNIQUE
ALTER TABLE users DROP COLUMN age;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ drop-column-fails index \`adults\` uses it
ALTER TABLE users DROP COLUMN name;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ drop-column-fails a key, a CHECK or a generated column of the table names it
ALTER TABLE users DROP COLUMN seen;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ drop-column-fails view \`seen\` uses it
`));

  it("leaves what does not exist to failed-migration", () =>
    check(`${schema}
//- /migrations/0002_drop.sql
ALTER TABLE users DROP COLUMN phone;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-migration no such column: "phone"
`));

  it("drops the index before the column", async () => {
    const { files } = parseFixture(`${schema}\n//- /migrations/0002_drop.sql\n-- plumbline-allow-file drops-data: not filled\nALTER TABLE users DROP COLUMN age;\n`);
    const after = await fixed(files, "Drop the index");
    assert.equal(after.get("migrations/0002_drop.sql"), "-- plumbline-allow-file drops-data: not filled\nDROP INDEX adults;\nALTER TABLE users DROP COLUMN age;\n");
  });
});
