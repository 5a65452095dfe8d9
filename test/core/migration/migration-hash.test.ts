import assert from "node:assert/strict";
import { migrationHash } from "../../../src/core/migration/migration-hash";

describe("the hash of a migration", () => {
  const same = (a: string, b: string): void => assert.equal(migrationHash(a), migrationHash(b));
  const other = (a: string, b: string): void => assert.notEqual(migrationHash(a), migrationHash(b));

  it("does not mind layout", () => {
    same("CREATE TABLE a (id);\n", "-- why\r\nCREATE TABLE a (id); /* done */\r\n\r\n");
    same("SELECT 1;\nSELECT 2;", "SELECT   1; SELECT 2;");
  });

  it("minds strings, names and numbers", () => {
    other("SELECT 'a  b'", "SELECT 'a b'");
    other("SELECT '-- a'", "SELECT ''");
    other("SELECT 12", "SELECT 1 2");
    other("SELECT 1", "SELECT 2");
  });

  it("is of a fixed length", () => assert.match(migrationHash(""), /^[0-9a-f]{16}$/));
});
