import { check } from "../../support/review";

describe("changes-affinity", () => {
  it("shows a number that becomes text", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE parts (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, weight REAL, made DATETIME);
//- /migrations/0002_rebuild.sql
CREATE TABLE new_parts (id INTEGER PRIMARY KEY, size TEXT NOT NULL, weight NUMERIC, made TEXT);
INSERT INTO new_parts (id, size, weight, made) SELECT id, size, weight, made FROM parts;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ changes-affinity \`parts.size\` goes from INTEGER to TEXT, and the copy converts its values
DROP TABLE parts;
ALTER TABLE new_parts RENAME TO parts;
`));

  it("is content with a conversion that is spelled out, and with STRICT", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE parts (id INTEGER PRIMARY KEY, size TEXT, code TEXT);
//- /migrations/0002_rebuild.sql
CREATE TABLE new_parts (id INTEGER PRIMARY KEY, size INTEGER, code ANY) STRICT;
INSERT INTO new_parts (id, size, code) SELECT id, CAST(size AS INTEGER), code FROM parts;
DROP TABLE parts;
ALTER TABLE new_parts RENAME TO parts;
`));
});
