// A schema and recorded traffic, for the rules about it.

export const schema = `
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, total INTEGER NOT NULL);
CREATE INDEX orders_user ON orders (user_id);
`;

/** Events of the helpers, as a file of a fixture. */
export function recorded(events: readonly object[]): string {
  return `//- /recorded/traffic.ndjson\n${events.map((event) => JSON.stringify({ plumbline: "query", op: "all", ms: 1, sample: 1, ...event })).join("\n")}`;
}
