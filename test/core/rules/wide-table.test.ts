import { check } from "../../support/review";

const columns = (count: number): string => Array.from({ length: count }, (_, at) => `c${at} TEXT`).join(", ");

describe("wide-table", () => {
  it("marks the table's name past the hundredth column", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE wide (${columns(100)}, id INTEGER PRIMARY KEY);
             ^^^^ wide-table \`wide\` has 101 columns, and D1 takes 100
CREATE TABLE fits (${columns(99)}, id INTEGER PRIMARY KEY);
`));

  it("counts what was added later", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE grows (${columns(99)}, id INTEGER PRIMARY KEY);
             ^^^^^ wide-table
//- /migrations/0002_more.sql
ALTER TABLE grows ADD COLUMN more TEXT;
`));

  it("keeps silent where the database is none of D1", () =>
    check(`
//- /plumbline.json
{ "target": "sqlite" }
//- /migrations/0001_init.sql
CREATE TABLE wide (${columns(100)}, id INTEGER PRIMARY KEY);
`));
});
