import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const events = (rows: string): string => `
//- /plumbline.json
{ "rows": { ${rows} } }
//- /migrations/0001_init.sql
CREATE TABLE events (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, payload TEXT);
CREATE INDEX events_kind ON events (kind);
CREATE TABLE audit_log (id INTEGER PRIMARY KEY, event_id INTEGER, created_at TEXT);
`;
const large = events('"events": 1500000');

describe("unbatched-backfill", () => {
  it("says rows and time of changes of a whole large table", () =>
    check(`${large}
//- /migrations/0002_rows.sql
UPDATE events SET payload = trim(payload);
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unbatched-backfill UPDATE changes about 1,500,000 rows of \`events\` in one transaction: about 23 s of the 30 s
UPDATE events SET kind = 'x-' || kind;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unbatched-backfill about 45 s, more than the 30 s that D1 gives, and 3,000,000 rows written
//- /migrations/0003_delete.sql
DELETE FROM events;
^^^^^^^^^^^^^^^^^^ unbatched-backfill DELETE deletes about 1,500,000 rows
`));

  it("counts with what a condition leaves, and is silent where it does not tell", () =>
    check(`${large}
//- /migrations/0002_rows.sql
ALTER TABLE events ADD COLUMN size INTEGER;
UPDATE events SET size = length(payload) WHERE size IS NULL OR size = 0;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unbatched-backfill about 1,500,000 rows
UPDATE events SET size = 0 WHERE id = 17;
UPDATE events SET size = 1 WHERE kind LIKE 'a%';
DELETE FROM events WHERE id IN (SELECT event_id FROM audit_log);
`));

  it("knows a rebuild, and that tables of the file itself are empty", () =>
    check(`${large}
//- /migrations/0002_rebuild.sql
CREATE TABLE new_events (id INTEGER PRIMARY KEY, kind TEXT, payload TEXT);
INSERT INTO new_events SELECT id, kind, payload FROM events;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unbatched-backfill INSERT copies about 1,500,000 rows of \`events\`
UPDATE new_events SET kind = lower(kind);
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;
CREATE INDEX events_kind ON events (kind);
`));

  it("says nothing of tables that are small, or only taken to be large", () =>
    check(`${events('"events": 5000')}
//- /migrations/0002_rows.sql
UPDATE events SET payload = trim(payload);
UPDATE audit_log SET created_at = trim(created_at);
`));

  it("has the statement for one stretch of rowids", async () => {
    const batchOf = async (sql: string): Promise<unknown> => (await review(`${large}\n//- /migrations/0002_rows.sql\n${sql}`)).find(({ rule }) => rule === "unbatched-backfill")?.data["batch"];
    assert.deepEqual(await batchOf("UPDATE events SET payload = NULL WHERE payload IS NOT NULL AND payload <> '';"), {
      sql: "UPDATE events SET payload = NULL WHERE (payload IS NOT NULL AND payload <> '') AND id BETWEEN ?1 AND ?2",
      bounds: "SELECT min(id), max(id) FROM events",
      rowsEach: 10_000,
      times: 150,
    });
    const copied = (await batchOf("CREATE TABLE copy (id INTEGER);\nINSERT INTO copy SELECT e.id FROM events e ORDER BY e.kind;")) as { readonly sql: string };
    assert.equal(copied.sql, "INSERT INTO copy SELECT e.id FROM events e WHERE id BETWEEN ?1 AND ?2 ORDER BY e.kind");
  });
});
