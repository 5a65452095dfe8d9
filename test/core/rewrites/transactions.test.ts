// Writes of a loop to a database in the process, in one transaction.

import assert from "node:assert/strict";
import { proveRewrite, proveWithheld, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, points INTEGER);
INSERT INTO members (email, points) VALUES ('ann@x', 5);
`;
const rows: Loop["inputs"] = [[[]], [[{ email: "b@x", points: 1 }, { email: "c@x", points: 2 }]], [[{ email: "d@x", points: 1 }, { email: "ann@x", points: 2 }, { email: "e@x", points: 3 }]]];
const loop = (code: string, path = "src/members.js"): Loop => ({ schema, inputs: rows, path, code: `import Database from "better-sqlite3";
const db = new Database("app.db");
${code}` });
const proven = (one: Loop): Promise<string> => proveRewrite("Run the whole loop in one transaction", one);

describe("writes of a loop to a database in the process", () => {
  it("run in one transaction", async () =>
    assert.equal(
      await proven(
        loop(`export async function run(env, members) {
  const insert = db.prepare("INSERT INTO members (email, points) VALUES (?, ?)");
  let added = 0;
  // All members of the form.
  for (const member of members) {
    insert.run(member.email, member.points);
    added++;
  }
  return added;
}
`),
      ),
      `import Database from "better-sqlite3";
const db = new Database("app.db");
export async function run(env, members) {
  const insert = db.prepare("INSERT INTO members (email, points) VALUES (?, ?)");
  let added = 0;
  // All members of the form.
  db.transaction(() => {
    for (const member of members) {
      insert.run(member.email, member.points);
      added++;
    }
  })();
  return added;
}
`,
    ));

  it("go on after what a turn catches, and count with an index or a function", async () => {
    await proven(loop(`export async function run(env, members) {
  const refused = [];
  for (let i = 0; i < members.length; i++) {
    try {
      db.prepare("INSERT INTO members (email, points) VALUES (?, ?)").run(members[i].email, i);
    } catch (error) {
      refused.push(i);
    }
  }
  return refused;
}
`));
    await proven(loop(`export async function run(env, members) {
  members.forEach((member) => {
    db.prepare("INSERT INTO members (email, points) VALUES (?, ?)").run(member.email, member.points);
  });
}
`));
  });

  it("stay where a transaction could not be left, or is not there", async () => {
    const code = (turn: string, library = "better-sqlite3"): Pick<Loop, "schema" | "path" | "code"> => ({ ...loop(`export async function run(env, members) {
  const insert = db.prepare("INSERT INTO members (email, points) VALUES (?, ?)");
  for (const member of members) {
    ${turn}
  }
}
`), code: loop(`export async function run(env, members) {
  const insert = db.prepare("INSERT INTO members (email, points) VALUES (?, ?)");
  for (const member of members) {
    ${turn}
  }
}
`).code.replace("better-sqlite3", library) });
    await proveWithheld("the turn waits", code("insert.run(member.email, await member.points());"));
    await proveWithheld("the turn leaves", code("if (!member.email) return false; insert.run(member.email, 1);"));
    await proveWithheld("the library has no `transaction`", code("insert.run(member.email, 1);", "node:sqlite"));
  });
});
