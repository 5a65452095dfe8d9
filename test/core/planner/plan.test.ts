import assert from "node:assert/strict";
import { allNodes, readDetail } from "../../../src/core/planner/plan";
import type { Access } from "../../../src/core/planner/plan";
import { findColumn, findTable } from "../../../src/core/schema/schema";
import { closePlannings, planning } from "../../support/planning";
import type { Planning } from "../../support/planning";

const schema = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, team INTEGER, name TEXT, "odd name" TEXT);
  CREATE INDEX users_team ON users (team, name);
  CREATE INDEX "users odd" ON users ("odd name");
  CREATE INDEX users_lower ON users (lower(name));
  CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body TEXT, likes INTEGER);
  CREATE TABLE labels (post_id INTEGER, label TEXT, PRIMARY KEY (post_id, label)) WITHOUT ROWID;
  CREATE VIEW busy AS SELECT user_id, count(*) AS posts FROM posts GROUP BY user_id;
`;

describe("the plan tree", () => {
  let db: Planning;
  before(async () => {
    db = await planning(schema, { users: 1_000, posts: 50_000, labels: 90_000 });
  });
  after(closePlannings);

  // What SQLite itself says of a statement, and what we understand of each of its lines.
  const readings: readonly (readonly [sql: string, ...reading: string[]])[] = [
    ["SELECT * FROM users", "scan users"],
    ["SELECT * FROM users u WHERE name = 'a'", "scan u"],
    ["SELECT * FROM users WHERE id = ?", "search users rowid equal rowid"],
    ["SELECT * FROM users WHERE rowid > ? AND rowid < ?", "search users rowid range rowid rowid"],
    ["SELECT * FROM users WHERE email = ?", "search users index sqlite_autoindex_users_1 equal email"],
    ["SELECT * FROM users WHERE team = ? AND name > ?", "search users index users_team equal team range name"],
    ['SELECT * FROM users WHERE "odd name" = ?', "search users index users odd equal odd name"],
    ["SELECT * FROM users WHERE lower(name) = ?", "search users index users_lower equal <expr>"],
    ["SELECT team, name FROM users WHERE team = ?", "search users index users_team covering equal team"],
    ["SELECT team FROM users", "scan users index users_team covering"],
    ["SELECT * FROM users ORDER BY team", "scan users index users_team"],
    ["SELECT * FROM labels WHERE post_id = ?", "search labels rowid equal post_id"],
    ["SELECT max(team) FROM users", "search users index users_team covering"],
    ["SELECT * FROM users ORDER BY name", "scan users", "sort ORDER BY"],
    ["SELECT * FROM users ORDER BY team, email", "scan users index users_team", "sort ORDER BY, last terms"],
    ["SELECT name, count(*) FROM users GROUP BY name", "scan users index users_team covering", "sort GROUP BY"],
    ["SELECT DISTINCT body FROM posts", "scan posts", "sort DISTINCT"],
    ["SELECT count(DISTINCT body) FROM posts", "sort DISTINCT", "scan posts"],
    ["SELECT * FROM posts p JOIN users u ON u.id = p.user_id", "scan p", "search u rowid equal rowid"],
    ["SELECT * FROM users u LEFT JOIN posts p ON p.user_id = u.id AND p.likes = ? WHERE u.id < 9", "search u rowid range rowid", "bloom p", "search p anew covering equal user_id likes"],
    ["SELECT * FROM users u LEFT JOIN posts p ON p.body LIKE u.name", "scan u", "scan p"],
    ["SELECT * FROM posts p RIGHT JOIN users u ON u.email = p.body", "scan p", "search u index sqlite_autoindex_users_1 equal email", "compound", "scan u"],
    ["SELECT * FROM users WHERE team = 1 OR email = 'x'", "or", "compound", "search users index users_team equal team", "compound", "search users index sqlite_autoindex_users_1 equal email"],
    ["SELECT id FROM users UNION ALL SELECT id FROM posts", "compound", "compound", "scan users index users_lower covering", "compound", "scan posts"],
    ["SELECT (SELECT count(*) FROM posts WHERE body = u.name) FROM users u", "scan u index users_team covering", "subquery correlated", "scan posts"],
    ["SELECT * FROM users WHERE team IN (SELECT likes FROM posts)", "search users index users_team equal team", "subquery", "scan posts"],
    ["SELECT * FROM users WHERE id = (SELECT max(user_id) FROM posts)", "search users rowid equal rowid", "subquery", "search posts"],
    ["WITH x AS MATERIALIZED (SELECT * FROM posts) SELECT * FROM x a, x b", "source x stored", "scan posts", "scan a", "scan b"],
    ["SELECT * FROM busy", "source busy", "scan posts", "sort GROUP BY", "scan busy"],
    ["SELECT value FROM json_each(?)", "scan json_each virtual"],
    ["SELECT 1", "constant"],
    ["DELETE FROM posts WHERE user_id = 1", "scan posts"],
    ["UPDATE users SET name = '' WHERE email = ?", "search users index sqlite_autoindex_users_1 equal email"],
  ];
  for (const [sql, ...reading] of readings) {
    it(`reads that of ${sql}`, () => {
      assert.deepEqual(allNodes(db.judge(sql).plan).map(({ access }) => describeAccess(access)), reading, db.details(sql).join("\n"));
    });
  }

  it("knows an EXISTS that became a join", () => {
    const [, , search] = allNodes(db.judge("SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.user_id = u.id)").plan);
    assert.ok(search !== undefined && search.access.kind === "search" && search.access.exists, search?.detail);
  });

  it("finds table, index and columns of every loop in the schema", () => {
    for (const [sql] of readings) {
      for (const { access, detail } of allNodes(db.judge(sql).plan)) {
        if ((access.kind !== "scan" && access.kind !== "search") || access.virtual || access.automatic) continue;
        if (access.index !== undefined) assert.ok(db.schema.indexes.some(({ name }) => name === access.index), detail);
        const table = findTable(db.schema, access.name);
        for (const column of table === undefined ? [] : [...access.equal, ...access.range]) assert.ok(column === "rowid" || column === "<expr>" || findColumn(table!, column) !== undefined, detail);
      }
    }
  });

  it("keeps the nesting", () => {
    const [source, scan] = db.judge("SELECT * FROM busy").plan;
    assert.equal(source!.detail, "CO-ROUTINE busy");
    assert.deepEqual(source!.children.map(({ detail }) => detail), ["SCAN posts", "USE TEMP B-TREE FOR GROUP BY"]);
    assert.equal(scan!.detail, "SCAN busy");
  });

  it("makes nothing of a line that it does not know", () => {
    assert.deepEqual(readDetail("SOMETHING NEW IN SQLITE"), { kind: "compound" });
    assert.deepEqual(readDetail(""), { kind: "compound" });
  });
});

function describeAccess(access: Access): string {
  switch (access.kind) {
    case "scan":
    case "search": {
      const how = [
        access.rowid ? "rowid" : "",
        access.index === undefined ? "" : `index ${access.index}`,
        access.automatic ? "anew" : "",
        access.covering ? "covering" : "",
        access.virtual ? "virtual" : "",
        access.equal.length === 0 ? "" : `equal ${access.equal.join(" ")}`,
        access.range.length === 0 ? "" : `range ${access.range.join(" ")}`,
      ];
      return [access.kind, access.name, ...how.filter((word) => word !== "")].join(" ");
    }
    case "sort":
      return `sort ${access.purpose}${access.partial ? ", last terms" : ""}`;
    case "subquery":
      return access.correlated ? "subquery correlated" : "subquery";
    case "source":
      return `source ${access.name}${access.stored ? " stored" : ""}`;
    case "bloom":
      return `bloom ${access.name}`;
    case "or":
    case "compound":
    case "constant":
      return access.kind;
  }
}
