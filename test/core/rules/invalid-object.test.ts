import { check } from "../../support/review";

const users = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);
`;

describe("invalid-object", () => {
  it("marks views and triggers that name what is not there", () =>
    check(`${users}
//- /migrations/0002_views.sql
CREATE VIEW names AS SELECT id, nme FROM users;
            ^^^^^ invalid-object The view \`names\` cannot be read: no such column: nme
CREATE VIEW IF NOT EXISTS all_people AS SELECT * FROM people;
                          ^^^^^^^^^^ invalid-object no such table: main.people
CREATE TRIGGER t1 AFTER UPDATE ON users BEGIN INSERT INTO log (wat) VALUES (new.name); END;
               ^^ invalid-object The trigger \`t1\` fails whenever it runs: table log has no column named wat
CREATE TRIGGER t2 AFTER UPDATE ON users BEGIN UPDATE log SET what = 'x'; DELETE FROM logs WHERE id = old.id; END;
               ^^ invalid-object no such table: logs
CREATE TRIGGER t3 AFTER INSERT ON users BEGIN INSERT INTO log (what) VALUES (new.title); END;
               ^^ invalid-object \`users\` has no column \`title\`
`));

  it("keeps silent about what works, and about what is dropped again", () =>
    check(`${users}
//- /migrations/0002_views.sql
CREATE VIEW names AS SELECT id, name FROM users;
CREATE VIEW broken AS SELECT nope FROM users;
DROP VIEW broken;
CREATE TRIGGER t1 AFTER UPDATE OF name ON users WHEN old.name <> new.name BEGIN
  SELECT raise(ABORT, 'no') WHERE new."name" = '';
  INSERT INTO log (id, what) SELECT new.rowid, l.what || new.name FROM log l WHERE l.id = old.id;
END;
CREATE TRIGGER t2 INSTEAD OF UPDATE ON names BEGIN UPDATE users SET name = new.name WHERE id = old.id; END;
CREATE VIRTUAL TABLE words USING fts5(word);
CREATE TRIGGER t3 AFTER DELETE ON users BEGIN INSERT INTO words (words, rowid, word) VALUES ('delete', old.id, old.name); END;
`));

  it("says of a migration that fails only that it does", () =>
    check(`${users}
//- /migrations/0002_fails.sql
CREATE TRIGGER t1 AFTER UPDATE ON users BEGIN UPDATE log SET nope = 1; END;
ALTER TABLE users ADD COLUMN name TEXT;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-migration
`));
});
