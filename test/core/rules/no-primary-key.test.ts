import { check } from "../../support/review";

describe("no-primary-key", () => {
  it("marks tables whose rows have no name", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE IF NOT EXISTS "events" (kind TEXT, at TEXT);
                           ^^^^^^^^ no-primary-key \`events\` has no primary key
CREATE INDEX events_at ON events (at);
`, "no-primary-key"));

  it("keeps silent where something is unique, or the table is small", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);
CREATE TABLE b (x TEXT UNIQUE);
CREATE TABLE c (x TEXT, y TEXT);
CREATE UNIQUE INDEX cx ON c (x, y);
CREATE TABLE settings (key TEXT, value TEXT);
CREATE VIRTUAL TABLE notes USING fts5(title, body);
CREATE TABLE d (x TEXT);
//- /plumbline.json
{ "rows": { "d": 20 } }
`, "no-primary-key"));
});
