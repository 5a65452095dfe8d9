import { check } from "../../support/review";

describe("autoincrement", () => {
  it("marks the word", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
                         ^^^^^^^^^^^^^ autoincrement AUTOINCREMENT makes every INSERT into \`events\` read and write \`sqlite_sequence\` too
  kind TEXT
);
`, "autoincrement"));

  it("keeps silent without it, in small tables, and about the word elsewhere", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE events (id INTEGER PRIMARY KEY /* no AUTOINCREMENT */, kind TEXT DEFAULT 'autoincrement');
CREATE TABLE settings (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT);
`, "autoincrement"));
});
