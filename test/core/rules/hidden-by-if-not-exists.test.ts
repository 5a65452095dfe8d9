import { check } from "../../support/review";

describe("hidden-by-if-not-exists", () => {
  it("names the columns that are never made, also beside a base schema", () =>
    check(`
//- /schema.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
//- /migrations/0001_more.sql
ALTER TABLE users ADD COLUMN age INTEGER;
CREATE TABLE IF NOT EXISTS Users (id INTEGER PRIMARY KEY, email TEXT, phone TEXT);
                           ^^^^^ hidden-by-if-not-exists \`Users\` is there already, without \`email\` and \`phone\`: this statement does nothing
`));

  it("is content where a later statement adds them, or the table goes", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY);
CREATE TABLE old (id INTEGER PRIMARY KEY);
//- /migrations/0002_more.sql
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE IF NOT EXISTS old (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE IF NOT EXISTS fresh (id INTEGER PRIMARY KEY, email TEXT);
//- /migrations/0003_email.sql
ALTER TABLE users ADD COLUMN email TEXT;
-- plumbline-allow drops-data: empty
DROP TABLE old;
`));

  it("is content with a table that was dropped before", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY);
//- /migrations/0002_anew.sql
-- plumbline-allow drops-data: empty
DROP TABLE IF EXISTS users;
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, email TEXT);
`));
});
