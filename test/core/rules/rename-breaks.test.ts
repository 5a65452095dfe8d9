import { check } from "../../support/review";

describe("rename-breaks", () => {
  it("names a view that was broken before", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE a (id INTEGER PRIMARY KEY);
CREATE TABLE b (id INTEGER PRIMARY KEY);
CREATE VIEW all_b AS SELECT id FROM b;
//- /migrations/0002_drop.sql
-- plumbline-allow drops-data: empty
DROP TABLE b;
ALTER TABLE a RENAME TO c;
^^^^^^^^^^^^^^^^^^^^^^^^^ rename-breaks This rename fails, since view \`all_b\` is broken at that moment: no such table: main.b
`));

  it("names a trigger that would be broken", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE a (id INTEGER PRIMARY KEY, old TEXT);
CREATE TABLE b (id INTEGER PRIMARY KEY);
CREATE TRIGGER a_added AFTER INSERT ON a BEGIN DELETE FROM gone; END;
               ^^^^^^^ invalid-object
//- /migrations/0002_rename.sql
ALTER TABLE a RENAME COLUMN old TO new;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rename-breaks since trigger \`a_added\` is broken at that moment
`));

  it("leaves names that do not exist, or do already, to failed-migration", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE a (id INTEGER PRIMARY KEY, old TEXT);
//- /migrations/0002_rename.sql
ALTER TABLE a RENAME COLUMN older TO new;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-migration no such column
`));
});
