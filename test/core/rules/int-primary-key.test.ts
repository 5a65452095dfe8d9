import { check } from "../../support/review";

describe("int-primary-key", () => {
  it("marks a key that looks like the rowid", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE a (id INT PRIMARY KEY, x TEXT);
                ^^^^^^^^^^^^^^^^^^ int-primary-key \`INT PRIMARY KEY\` is not the rowid: an INSERT without \`id\` stores NULL, and \`a\` keeps a second B-tree
CREATE TABLE b (id BIGINT NOT NULL, x TEXT, PRIMARY KEY (id));
                ^^^^^^^^^^^^^^^^^^ int-primary-key \`BIGINT PRIMARY KEY\` is not the rowid: \`id\` gets no number by itself
`, "int-primary-key"));

  it("keeps silent about the rowid, and about keys that are none", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);
CREATE TABLE b (id INTEGER, x TEXT, PRIMARY KEY (id));
CREATE TABLE c (id INT PRIMARY KEY, x TEXT) WITHOUT ROWID;
CREATE TABLE d (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b));
CREATE TABLE e (id TEXT PRIMARY KEY);
`, "int-primary-key"));
});
