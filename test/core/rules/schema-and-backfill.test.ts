import { check } from "../../support/review";

const events = (rows: number): string => `
//- /plumbline.json
{ "rows": { "events": ${rows} } }
//- /migrations/0001_init.sql
CREATE TABLE events (id INTEGER PRIMARY KEY, payload TEXT);
`;
const both = `ALTER TABLE events ADD COLUMN size INTEGER;
UPDATE events SET size = length(payload);`;

describe("schema-and-backfill", () => {
  it("speaks from 10,000 rows on, until another rule does", async () => {
    await check(`${events(9_000)}\n//- /migrations/0002_size.sql\n${both}`);
    await check(`${events(20_000)}\n//- /migrations/0002_size.sql\n${both}\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ schema-and-backfill changes about 20,000 rows of \`events\``);
    await check(`${events(200_000)}\n//- /migrations/0002_size.sql\n${both}\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unbatched-backfill`);
  });

  it("leaves rebuilds, new tables and files of rows alone", () =>
    check(`${events(20_000)}
//- /migrations/0002_rebuild.sql
CREATE TABLE new_events (id INTEGER PRIMARY KEY, payload TEXT, size INTEGER);
INSERT INTO new_events SELECT id, payload, length(payload) FROM events;
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;
//- /migrations/0003_rows.sql
UPDATE events SET size = length(payload);
//- /migrations/0004_table.sql
CREATE TABLE sizes (event_id INTEGER PRIMARY KEY);
ALTER TABLE sizes ADD COLUMN size INTEGER;
INSERT INTO sizes SELECT id, size FROM events;
`));

  it("says nothing where the size of the table is not known", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE events (id INTEGER PRIMARY KEY, payload TEXT);
//- /migrations/0002_size.sql
${both}`));
});
