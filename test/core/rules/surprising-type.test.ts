import assert from "node:assert/strict";
import { check, review } from "../../support/review";

describe("surprising-type", () => {
  it("marks words that SQLite reads in another way", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  zip_code STRING NOT NULL,
  ^^^^^^^^^^^^^^^^^^^^^^^^ surprising-type \`STRING\` is no type of SQLite, so \`zip_code\` keeps text that looks like a number as a number
  name string(80),
  ^^^^^^^^^^^^^^^ surprising-type
  score FLOATING POINT
  ^^^^^^^^^^^^^^^^^^^^ surprising-type \`FLOATING POINT\` has INT in it
);
//- /migrations/0002_more.sql
ALTER TABLE users ADD COLUMN phone STRING;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ surprising-type
`));

  it("is a hint where the name speaks of no digits", async () => {
    const found = await review("//- /migrations/0001_init.sql\nCREATE TABLE t (id INTEGER PRIMARY KEY, title STRING, barcode STRING, note STRING);\n");
    assert.deepEqual(found.map(({ severity, data }) => [data.column, severity]), [["title", "hint"], ["barcode", "warning"], ["note", "hint"]]);
  });

  it("keeps silent about what is common, and what is as it reads", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE t (
  id INTEGER PRIMARY KEY, a DATETIME, b TIMESTAMP, c DATE, d BOOLEAN, e JSON, f JSONB, g UUID, h DECIMAL(10, 2), i NUMERIC, j NVARCHAR(20),
  k BIGINT, l DOUBLE PRECISION, m FLOAT, n BLOB, o, p VARCHAR, q LONGTEXT, r TINYINT(1)
);
`));
});
