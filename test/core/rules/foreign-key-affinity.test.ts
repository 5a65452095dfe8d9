import assert from "node:assert/strict";
import { check } from "../../support/review";
import { closePlannings, planning } from "../../support/planning";

const users = `CREATE TABLE users (id INTEGER PRIMARY KEY, code TEXT UNIQUE);\n`;

describe("foreign-key-affinity", () => {
  after(closePlannings);

  it("marks a text that refers to a number, and the reverse", () =>
    check(`
//- /migrations/0001_init.sql
${users}CREATE TABLE a (x TEXT UNIQUE REFERENCES users (id), y VARCHAR(20) UNIQUE REFERENCES users);
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-affinity \`x\` is \`TEXT\`, but \`users.id\`, to which it refers, is \`INTEGER\`
                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-affinity \`y\` is \`VARCHAR(20)\`
CREATE TABLE b (x INTEGER UNIQUE REFERENCES users (code));
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-affinity \`x\` is \`INTEGER\`, but \`users.code\`, to which it refers, is \`TEXT\`
`));

  it("keeps silent where the types compare alike", () =>
    check(`
//- /migrations/0001_init.sql
${users}CREATE TABLE a (x INT UNIQUE REFERENCES users (id), y VARCHAR(20) UNIQUE REFERENCES users (code), z UNIQUE REFERENCES users (id), n NUMERIC UNIQUE REFERENCES users (id), u UUID UNIQUE REFERENCES users (code));
`));

  it("is right about the indexes that cannot be used", async () => {
    const text = await planning(`${users}CREATE TABLE a (x TEXT REFERENCES users (id)); CREATE INDEX ax ON a (x);`);
    assert.ok(text.details("DELETE FROM users WHERE id = 1").some((line) => /^SCAN a\b/.test(line)));
    const number = await planning(`${users}CREATE TABLE b (id INTEGER PRIMARY KEY, x INTEGER REFERENCES users (code)); CREATE INDEX bx ON b (x);`);
    assert.ok(number.details("SELECT u.id FROM b JOIN users u ON u.code = b.x WHERE b.id = 1").some((line) => /^SCAN u\b/.test(line)));
  });
});
