// Which tables are taken to hold what the project's own SQL files insert, and nothing more.

import assert from "node:assert/strict";
import { reviewed } from "../../support/review";
import { parseFixture } from "../../support/fixture";

/** Where the size of a table comes from, and how large it is. */
async function size(source: string, table: string): Promise<string> {
  return reviewed(parseFixture(source).files, ({ analysis, snapshot }) => {
    const { rows, source: from } = analysis.databases(snapshot)[0]!.planner.statistics.size(table);
    return `${from} ${rows}`;
  });
}

const migration = `
//- /migrations/0001.sql
CREATE TABLE fares (zone TEXT, cents INTEGER);
INSERT INTO fares VALUES ('inner', 200), ('outer', 350);
CREATE TABLE trips (id INTEGER PRIMARY KEY, zone TEXT);
`;
const reads = `
//- /src/read.ts
export const fares = (env: Env) => env.DB.prepare("SELECT * FROM fares WHERE zone = ?").bind("inner").all();
`;

describe("seeded tables", () => {
  it("hold what the migrations insert where the code only reads", async () => {
    assert.equal(await size(migration + reads, "fares"), "seeded 2");
    assert.equal(await size(migration + reads, "trips"), "assumed 10000");
  });

  it("count rows that later migrations add and take away", async () => {
    assert.equal(await size(`${migration}${reads}//- /migrations/0002.sql\nINSERT INTO fares VALUES ('night', 500), ('far', 900);\nDELETE FROM fares WHERE zone = 'far';\n`, "fares"), "seeded 3");
  });

  it("count the rows of seed files, and go on where one of their statements fails", async () => {
    assert.equal(await size(`${migration}${reads}//- /seed.sql\nINSERT INTO fares VALUES ('night', 500);\nINSERT INTO nowhere VALUES (1);\nINSERT INTO trips VALUES (1, 'inner');\n`, "fares"), "seeded 3");
  });

  it("are no such tables where the code inserts into them, or a trigger does", async () => {
    assert.equal(await size(`${migration}${reads}//- /src/add.ts\nexport const add = (env: Env, zone: string) => env.DB.prepare("INSERT INTO fares VALUES (?, 1)").bind(zone).run();\n`, "fares"), "assumed 10000");
    assert.equal(await size(`${migration}${reads}//- /migrations/0002.sql\nCREATE TRIGGER priced AFTER INSERT ON trips BEGIN INSERT INTO fares VALUES (NEW.zone, 1); END;\n`, "fares"), "assumed 10000");
    assert.equal(await size(`${migration}${reads}//- /src/add.test.ts\nexport const add = (env: Env, zone: string) => env.DB.prepare("INSERT INTO fares VALUES (?, 1)").bind(zone).run();\n`, "fares"), "seeded 2", "a test fills a database of its own");
  });

  it("are no such tables where INSERTs may be hidden", async () => {
    assert.equal(await size(migration, "fares"), "assumed 10000", "no code is there to say");
    assert.equal(await size(`${migration}${reads}//- /src/any.ts\nexport const run = (env: Env, sql: string) => env.DB.prepare(sql).run();\n`, "fares"), "assumed 10000");
    assert.equal(await size(`${migration}${reads}//- /src/any.ts\nexport const add = (env: Env, table: string) => env.DB.prepare(\`INSERT INTO \${table} VALUES (?, ?)\`).bind(1, 2).run();\n`, "fares"), "assumed 10000");
    const users = "//- /migrations/0002.sql\nCREATE TABLE users (id INTEGER PRIMARY KEY);\nINSERT INTO users VALUES (1);\n";
    assert.equal(await size(migration + reads + users, "users"), "assumed 10000", "a library may sign people up");
  });
});
