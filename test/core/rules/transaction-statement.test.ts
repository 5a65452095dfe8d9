import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const users = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
`;

describe("transaction-statement", () => {
  it("is said once for a file, at the first of them", () =>
    check(`${users}
//- /migrations/0002_more.sql
BEGIN;
^^^^^ transaction-statement D1 refuses \`BEGIN\`
ALTER TABLE users ADD COLUMN name TEXT;
COMMIT;
//- /migrations/0003_more.sql
SAVEPOINT before;
^^^^^^^^^^^^^^^^ transaction-statement SAVEPOINT BEFORE
ALTER TABLE users ADD COLUMN age INTEGER;
RELEASE before;
//- /migrations/0004_lower.sql
begin transaction;
^^^^^^^^^^^^^^^^^ transaction-statement BEGIN TRANSACTION
ALTER TABLE users ADD COLUMN city TEXT;
commit;
`));

  it("leaves alone what wrangler takes out", () =>
    check(`${users}
//- /migrations/0002_more.sql
BEGIN TRANSACTION;
ALTER TABLE users ADD COLUMN name TEXT;
COMMIT;
//- /migrations/0003_comment.sql
-- BEGIN TRANSACTION;
ALTER TABLE users ADD COLUMN age INTEGER;
`));

  it("knows what wrangler leaves in", () =>
    check(`${users}
//- /migrations/0002_commit.sql
BEGIN TRANSACTION;
ALTER TABLE users ADD COLUMN name TEXT;
COMMIT TRANSACTION;
^^^^^^^^^^^^^^^^^^ transaction-statement COMMIT TRANSACTION
//- /migrations/0003_string.sql
INSERT INTO users (email) VALUES ('BEGIN TRANSACTION');
                                   ^^^^^^^^^^^^^^^^^ transaction-statement in a string
`));

  it("leaves a trigger's BEGIN and END alone", () =>
    check(`${users}
//- /migrations/0002_trigger.sql
CREATE TRIGGER users_added AFTER INSERT ON users BEGIN
  UPDATE users SET email = lower(email) WHERE id = new.id;
END;
`));

  it("takes both pairs out", () =>
    checkFix(
      `${users}
//- /migrations/0002_two.sql
BEGIN TRANSACTION;
ALTER TABLE users ADD COLUMN name TEXT;
COMMIT;
BEGIN TRANSACTION;
CREATE INDEX users_name ON users (name); COMMIT;
`,
      "Take the transaction",
      `
ALTER TABLE users ADD COLUMN name TEXT;
CREATE INDEX users_name ON users (name); 
`,
    ));

  it("offers nothing where something is rolled back, and a review for savepoints", async () => {
    const fixesOf = async (sql: string): Promise<readonly string[]> => (await review(`${users}\n//- /migrations/0002_more.sql\n${sql}`)).flatMap((finding) => finding.fixes().map(({ safety }) => safety));
    assert.deepEqual(await fixesOf("BEGIN;\nALTER TABLE users ADD COLUMN a TEXT;\nROLLBACK;"), []);
    assert.deepEqual(await fixesOf("SAVEPOINT a;\nALTER TABLE users ADD COLUMN a TEXT;\nRELEASE a;"), ["review"]);
  });
});
