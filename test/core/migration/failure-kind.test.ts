import assert from "node:assert/strict";
import { failureKind } from "../../../src/core/migration/failure-kind";

describe("which rule speaks of a failure", () => {
  const cases: readonly (readonly [message: string, statement: string, kind: string | undefined])[] = [
    ["Cannot add a UNIQUE column", "ALTER TABLE users ADD COLUMN handle TEXT UNIQUE", "add-column-fails"],
    ["Cannot add a NOT NULL column with default value NULL", 'ALTER TABLE "my users" ADD handle TEXT NOT NULL', "add-column-fails"],
    ["cannot add a STORED column", "-- why\nALTER TABLE main.users ADD COLUMN a AS (1) STORED", "add-column-fails"],
    ["CHECK constraint failed", "ALTER TABLE [users] ADD COLUMN a INT CHECK (a > 0)", "add-column-fails"],
    ["duplicate column name: a", "ALTER TABLE users ADD COLUMN a INT", undefined],
    ['cannot drop UNIQUE column: "a"', "ALTER TABLE users DROP COLUMN a", "drop-column-fails"],
    ["error in index users_a after drop column: no such column: a", "ALTER TABLE `users` DROP a", "drop-column-fails"],
    ['no such column: "a"', "ALTER TABLE users DROP COLUMN a", undefined],
    ["not authorized to use function: sqlite_drop_constraint", "ALTER TABLE users DROP CONSTRAINT a", "newer-syntax"],
    ["error in view v: no such table: main.users", "ALTER TABLE new_users RENAME TO users", "rename-breaks"],
    ["error in trigger t after rename: no such column: a", "ALTER TABLE users RENAME COLUMN a TO b", "rename-breaks"],
    ["there is already another table or index with this name: users", "ALTER TABLE a RENAME TO users", undefined],
    ["D1 runs the file in a transaction of its own: BEGIN, COMMIT, SAVEPOINT and ROLLBACK fail", "BEGIN", "transaction-statement"],
    ["wrangler refuses a file with several transactions", "BEGIN TRANSACTION", "transaction-statement"],
    ["not authorized", "CREATE TABLE _cf_a (id)", "reserved-name"],
    ["object name reserved for internal use: sqlite_a", "CREATE TABLE sqlite_a (id)", "reserved-name"],
    ["table sqlite_master may not be modified", "DELETE FROM sqlite_master", "reserved-name"],
    ['near "IF": syntax error', "ALTER TABLE users ADD COLUMN IF NOT EXISTS a", "newer-syntax"],
    ['near "DEFALT": syntax error', "ALTER TABLE users ADD COLUMN a DEFALT", undefined],
    ["not authorized", "PRAGMA journal_mode = WAL", "denied-in-migration"],
    ["not authorized to use function: power", "CREATE INDEX i ON t (power(a, 2))", "denied-in-migration"],
    ["no such function: uuid", "INSERT INTO t VALUES (uuid())", "denied-in-migration"],
    ["cannot VACUUM from within a transaction", "VACUUM", "denied-in-migration"],
    ['near "INSERT": syntax error', "CREATE TABLE a (id)", "missing-semicolon"],
    ['near "INSERT": syntax error', "CREATE TABLE a (id", undefined],
    ["table new_users has 3 columns but 2 values were supplied", "INSERT INTO new_users SELECT * FROM users", "rebuild-column-order"],
    ["2 values for 1 columns", "INSERT INTO new_users (id) SELECT u.* FROM users u", "rebuild-column-order"],
    ["table new_users has 3 columns but 2 values were supplied", "INSERT INTO new_users VALUES (1, 2)", undefined],
    ["CHECK constraint failed: a > 0", "INSERT INTO users VALUES (0)", undefined],
  ];
  for (const [message, statement, kind] of cases) it(`${statement}: ${message}`, () => assert.equal(failureKind(message, statement), kind));
});
