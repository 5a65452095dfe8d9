import { check, checkFix } from "../../support/review";

const shapes = `
//- /migrations/0001_init.sql
CREATE TABLE shapes (id INTEGER PRIMARY KEY, side REAL NOT NULL);
`;

describe("denied-in-migration", () => {
  it("reads CHECK, DEFAULT, generated columns, indexes and data", () =>
    check(`${shapes}
//- /migrations/0002_check.sql
CREATE TABLE a (v INTEGER CHECK (power(v, 2) < 100));
                                 ^^^^^ denied-in-migration D1 refuses the function \`power\`
//- /migrations/0003_default.sql
CREATE TABLE b (v INTEGER, created TEXT DEFAULT (now()));
                                                 ^^^ denied-in-migration \`now\`
//- /migrations/0004_generated.sql
CREATE TABLE c (v INTEGER, w INTEGER AS (log10(v)));
                                         ^^^^^ denied-in-migration \`log10\`
//- /migrations/0005_index.sql
CREATE INDEX shapes_side ON shapes (json_pretty(side));
                                    ^^^^^^^^^^^ denied-in-migration \`json_pretty\`
//- /migrations/0006_data.sql
INSERT INTO shapes (id, side) VALUES (1, power(2, 3)), (2, 5);
                                         ^^^^^ denied-in-migration \`power\`
//- /migrations/0007_unknown.sql
INSERT INTO shapes (id, side) VALUES (uuid(), 1);
                                      ^^^^ denied-in-migration \`uuid\`
`));

  it("reads what D1 takes and refuses when it is used", () =>
    check(`${shapes}
//- /migrations/0002_view.sql
CREATE VIEW areas AS SELECT power(side, 2) AS area FROM shapes;
                            ^^^^^ denied-in-migration \`power\`
//- /migrations/0003_trigger.sql
CREATE TRIGGER rounded AFTER INSERT ON shapes BEGIN
  UPDATE shapes SET side = ceiling(side) WHERE id = new.id;
                           ^^^^^^^ denied-in-migration \`ceiling\`
END;
`));

  it("knows statements, pragmas and modules", () =>
    check(`${shapes}
//- /migrations/0002_pragma.sql
PRAGMA user_version = 2;
^^^^^^^^^^^^^^^^^^^^^^^ denied-in-migration PRAGMA user_version
//- /migrations/0003_temp.sql
CREATE TEMP TABLE kept AS SELECT * FROM shapes;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ denied-in-migration temporary tables
//- /migrations/0004_vacuum.sql
VACUUM;
^^^^^^ denied-in-migration VACUUM
//- /migrations/0005_fts.sql
CREATE VIRTUAL TABLE found USING fts4(body);
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ denied-in-migration \`fts4\`
`));

  it("is silent for what D1 allows, and on another SQLite", async () => {
    await check(`${shapes}
//- /migrations/0002_fine.sql
PRAGMA defer_foreign_keys = ON;
CREATE TABLE a (id TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(16)))), at TEXT DEFAULT (datetime('now')));
INSERT INTO shapes (side) VALUES (round(2.5));
`);
    await check(`
//- /plumbline.json
{ "target": "sqlite" }
${shapes}
//- /migrations/0002_index.sql
CREATE INDEX shapes_area ON shapes (power(side, 2));
`);
  });

  it("changes all uses in the file at once", () =>
    checkFix(
      `${shapes}
//- /migrations/0002_index.sql
CREATE INDEX shapes_area ON shapes (POWER(side, 2));
CREATE INDEX shapes_volume ON shapes (power(side, 3));
`,
      "Change to `pow`",
      `
CREATE INDEX shapes_area ON shapes (pow(side, 2));
CREATE INDEX shapes_volume ON shapes (pow(side, 3));
`,
    ));
});
