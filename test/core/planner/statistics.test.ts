import assert from "node:assert/strict";
import { measure } from "../../../src/core/planner/measured";
import { findTable } from "../../../src/core/schema/schema";
import { splitStatements } from "../../../src/core/sql/split";
import { Statistics } from "../../../src/core/planner/statistics";
import { testEngine } from "../../support/engine";
import { closePlannings, planning } from "../../support/planning";

const schema = `
  CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);
  CREATE TABLE people (
    id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams (id), email TEXT UNIQUE, is_admin INTEGER, status TEXT,
    deleted_at TEXT, created_at TEXT, note TEXT
  );
  CREATE INDEX people_team_status ON people (team_id, status);
  CREATE INDEX people_open ON people (note) WHERE deleted_at IS NULL;
  CREATE TABLE seats (hall TEXT, seat INTEGER, PRIMARY KEY (hall, seat)) WITHOUT ROWID;
`;

describe("statistics", () => {
  after(closePlannings);

  async function statistics(rows: { readonly default?: number; readonly tables?: Readonly<Record<string, number>> } = {}) {
    const { schema: model } = await planning(schema);
    const read = new Statistics(model, { default: rows.default, tables: rows.tables ?? {} });
    return { read, table: (name: string) => findTable(model, name)! };
  }

  it("takes sizes from the configuration, without regard to case, then from its default, then 10,000", async () => {
    const { read } = await statistics({ tables: { People: 700 } });
    assert.deepEqual(read.size("PEOPLE"), { rows: 700, source: "configured" });
    assert.deepEqual(read.size("teams"), { rows: 10_000, source: "assumed" });
    assert.deepEqual((await statistics({ default: 5 })).read.size("teams"), { rows: 5, source: "configured" });
  });

  it("takes tables by the names of small things to be small, unless the configuration says else", async () => {
    assert.equal((await statistics()).read.size("settings").rows, 100);
    assert.equal((await statistics({ tables: { settings: 9_000 } })).read.size("settings").rows, 9_000);
  });

  it("never takes a table to be empty, for a plan of nothing says nothing", async () => {
    assert.equal((await statistics({ tables: { teams: 0 } })).read.size("teams").rows, 1);
    assert.equal((await statistics({ default: 0 })).read.size("teams").rows, 1);
  });

  it("says in words where a count comes from", async () => {
    const { read } = await statistics({ tables: { people: 250_000 } });
    assert.equal(read.describe("people"), "`people` has 250,000 rows by `plumbline.json`");
    assert.equal(read.describe("teams"), "`teams` is taken to have 10,000 rows, since `plumbline.json` does not say");
  });

  it("guesses the spread of a column from its key, its type and its name", async () => {
    const { read, table } = await statistics({ tables: { people: 10_000, teams: 20 } });
    const distinct = (column: string): number => read.distinct(table("people"), column);
    assert.deepEqual(
      ["id", "email", "team_id", "is_admin", "status", "deleted_at", "created_at", "note"].map((column) => [column, distinct(column)]),
      [["id", 10_000], ["email", 10_000], ["team_id", 20], ["is_admin", 2], ["status", 6], ["deleted_at", 1], ["created_at", 10_000], ["note", 1_000]],
    );
  });

  it("takes several columns to narrow independently, never below one row", async () => {
    const { read, table } = await statistics({ tables: { people: 12_000, teams: 20 } });
    assert.equal(read.rowsPerKey(table("people"), ["team_id", "status"]), 100);
    assert.equal(read.rowsPerKey(table("people"), ["team_id", "status", "created_at"]), 1);
    assert.equal(read.rowsPerKey(table("people"), ["EMAIL", "status"]), 1);
    assert.equal(read.rowsPerKey(table("seats"), ["hall", "seat"]), 1);
  });

  it("writes what SQLite reads: rows, rows a prefix, and no skip-scan, which D1 does not do without ANALYZE", async () => {
    const { read } = await statistics({ tables: { people: 12_000, teams: 20 } });
    const written = new Map(read.stat1().map(([table, index, stat]) => [index ?? table, stat]));
    assert.equal(written.get("people_team_status"), "12000 600 100 noskipscan");
    assert.equal(written.get("people_open"), "10800 9 noskipscan");
    assert.equal(written.get("sqlite_autoindex_people_1"), "12000 1 noskipscan");
    assert.equal(written.get("teams"), "20");
    assert.equal(written.get("seats")?.split(" ").at(-2), "1");
  });

  it("is believed by SQLite: the smaller table becomes the outer loop", async () => {
    const sql = "SELECT * FROM people p, teams t WHERE p.note = t.name";
    const few = await planning(schema, { people: 100_000, teams: 5 });
    const many = await planning(schema, { people: 5, teams: 100_000 });
    assert.match(few.details(sql)[0]!, /^SCAN t/);
    assert.match(many.details(sql)[0]!, /^SCAN p/);
  });
});

describe("sizes by kind of table", () => {
  after(closePlannings);

  const size = async (ddl: string, table: string): Promise<string> => {
    const { schema: model } = await planning(ddl);
    return new Statistics(model, { default: undefined, tables: {} }).describe(table);
  };

  it("has one row where a CHECK allows one", async () => {
    assert.equal(await size("CREATE TABLE app (id INTEGER PRIMARY KEY CHECK (id = 1), theme TEXT)", "app"), "`app` is taken to have 1 row, which is all that its CHECK allows, since `plumbline.json` does not say");
  });

  it("has as many rows as a CHECK lists values of its key", async () => {
    assert.match(await size("CREATE TABLE tiers (code TEXT PRIMARY KEY, price INTEGER, CHECK (code IN ('free', 'pro', 'team')))", "tiers"), /3 rows, which is all/);
    assert.match(await size("CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT CHECK (state IN ('open', 'shut')))", "orders"), /10,000 rows, since/, "a list of what is no key says nothing");
  });

  it("has as many rows as a CHECK leaves to its key, unless it only keeps nonsense out", async () => {
    assert.match(await size("CREATE TABLE weekdays (id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 7), name TEXT)", "weekdays"), /7 rows, which is all/);
    assert.match(await size("CREATE TABLE parcels (id INTEGER PRIMARY KEY CHECK (id >= 1 AND id <= 2000000000))", "parcels"), /10,000 rows, since/);
  });

  it("takes what others choose from to be small", async () => {
    const units = "CREATE TABLE units (code TEXT PRIMARY KEY, label TEXT, position INTEGER);";
    assert.match(await size(`${units} CREATE TABLE items (id INTEGER PRIMARY KEY, unit TEXT REFERENCES units (code));`, "units"), /100 rows as a lookup table/);
    assert.match(await size(units, "units"), /10,000 rows, since/, "nothing refers to it");
    assert.match(await size(`CREATE TABLE units (code TEXT PRIMARY KEY, label TEXT, created_at TEXT); CREATE TABLE items (id INTEGER PRIMARY KEY, unit TEXT REFERENCES units (code));`, "units"), /10,000 rows, since/, "it has a time");
    assert.match(await size(`CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE, email TEXT); CREATE TABLE items (id INTEGER PRIMARY KEY, p INTEGER REFERENCES people (id));`, "people"), /10,000 rows, since/, "it holds more than names");
  });

  const tagged = `
    CREATE TABLE posts (id INTEGER PRIMARY KEY, body TEXT);
    CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
    CREATE TABLE post_tags (post_id INTEGER REFERENCES posts (id), tag_id INTEGER REFERENCES tags (id), PRIMARY KEY (post_id, tag_id));
  `;

  it("takes links to be more than what they link", async () => {
    assert.match(await size(tagged, "post_tags"), /30,000 rows as a link between tables/);
    assert.match(await size(tagged, "tags"), /10,000 rows, since/, "tags are made freely");
  });

  it("takes a row to have as many links as their number was worked out from", async () => {
    const { schema: model } = await planning(tagged);
    const links = (tables: Readonly<Record<string, number>>): number => new Statistics(model, { default: undefined, tables }).rowsPerKey(findTable(model, "post_tags")!, ["post_id"]);
    assert.equal(links({}), 3);
    assert.equal(links({ posts: 100_000 }), 3);
    assert.equal(links({ posts: 100_000, post_tags: 400_000 }), 4);
    assert.equal(Math.round(links({ post_tags: 40_000 })), 200, "nobody knows how many posts share them");
  });

  it("takes logs to be long", async () => {
    assert.match(await size("CREATE TABLE login_events (id INTEGER PRIMARY KEY, at TEXT)", "login_events"), /100,000 rows as a log/);
    assert.match(await size("CREATE TABLE events (id INTEGER PRIMARY KEY, title TEXT, starts_at TEXT)", "events"), /10,000 rows, since/, "such as people go to");
  });

  it("takes the project's own default for all but what is small", async () => {
    const { schema: model } = await planning(`${tagged} CREATE TABLE audit_log (id INTEGER PRIMARY KEY, at TEXT); CREATE TABLE roles (id INTEGER PRIMARY KEY);`);
    const read = new Statistics(model, { default: 500, tables: {} });
    assert.deepEqual(["posts", "post_tags", "audit_log", "roles"].map((table) => read.size(table).rows), [500, 500, 500, 100]);
  });
});

describe("rows that the project's own files insert", () => {
  after(closePlannings);

  async function seeded(tables: Readonly<Record<string, { rows: number; isAll: boolean }>>, configured: Readonly<Record<string, number>> = {}): Promise<Statistics> {
    const { schema: model } = await planning("CREATE TABLE offers (id INTEGER PRIMARY KEY, title TEXT, price INTEGER); CREATE TABLE cities (id INTEGER PRIMARY KEY, offer_id INTEGER REFERENCES offers (id))");
    return new Statistics(model, { default: undefined, tables: configured }, { seeded: new Map(Object.entries(tables)) });
  }

  it("are all there are where no code inserts more", async () => {
    const read = await seeded({ offers: { rows: 3, isAll: true } });
    assert.deepEqual(read.size("Offers"), { rows: 3, source: "seeded" });
    assert.equal(read.describe("offers"), "`offers` is taken to have the 3 rows that migrations and seed files insert, since no code inserts more");
    assert.equal((await seeded({ offers: { rows: 3, isAll: true } }, { offers: 40 })).size("offers").rows, 40, "the configuration knows better");
  });

  it("are the least where code inserts more", async () => {
    assert.equal((await seeded({ offers: { rows: 3, isAll: false } })).size("offers").rows, 10_000);
    assert.equal((await seeded({ cities: { rows: 40_000, isAll: false } })).describe("cities"), "`cities` is taken to have the 40,000 rows that migrations and seed files insert");
  });
});

describe("values that a CHECK allows", () => {
  after(closePlannings);

  it("are how many a column holds where they are few", async () => {
    const { schema: model } = await planning(`CREATE TABLE reviews (
      id INTEGER PRIMARY KEY, stars INTEGER CHECK (stars BETWEEN 1 AND 5), half REAL CHECK (half BETWEEN 1 AND 5), muted INTEGER CHECK (muted IN (0, 1)),
      score INTEGER CHECK (score >= 0 AND score < 10), likes INTEGER CHECK (likes >= 0), share INTEGER CHECK (share > 0 AND share <= 500),
      mood TEXT CHECK (mood IS NULL OR mood IN ('good', 'bad', 'so-so')), level INTEGER, CHECK (level >= 1 AND 12 >= level)
    )`);
    const read = new Statistics(model, { default: undefined, tables: {} });
    assert.deepEqual(
      ["stars", "half", "muted", "score", "likes", "share", "mood", "level"].map((column) => [column, read.distinct(findTable(model, "reviews")!, column)]),
      [["stars", 5], ["half", 1_000], ["muted", 2], ["score", 10], ["likes", 1_000], ["share", 500], ["mood", 3], ["level", 12]],
    );
  });
});

describe("rows of a foreign key", () => {
  after(closePlannings);

  const ddl = "CREATE TABLE teams (id INTEGER PRIMARY KEY); CREATE TABLE people (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams (id));";

  async function perTeam(tables: Readonly<Record<string, number>>, others?: number): Promise<number> {
    const { schema: model } = await planning(ddl);
    return new Statistics(model, { default: others, tables }).rowsPerKey(findTable(model, "people")!, ["team_id"]);
  }

  it("are the ratio of both tables where both are known", async () => {
    assert.equal(await perTeam({ people: 90_000, teams: 30_000 }), 3);
    assert.equal(await perTeam({ people: 90_000, teams: 9 }), 10_000);
    assert.equal(await perTeam({ people: 90, teams: 30_000 }), 1);
  });

  it("are a guess where one of them is one, or both only have the default", async () => {
    assert.equal(await perTeam({ people: 90_000 }), 300);
    assert.equal(await perTeam({ teams: 8_000 }), 100);
    assert.equal(await perTeam({ teams: 20 }), 500);
    assert.equal(await perTeam({}, 2_500), 50);
  });
});

describe("the spread of ids", () => {
  after(closePlannings);

  const ddl = `
    CREATE TABLE users (id TEXT PRIMARY KEY);
    CREATE TABLE keys (
      id INTEGER PRIMARY KEY, user_id TEXT, made_by_user_id TEXT, passkey_id TEXT, session_id TEXT, transaction_hash TEXT,
      tenant_id TEXT, sensor_id TEXT, at TEXT, level TEXT CHECK (level IN ('a', 'b', 'c'))
    );
    CREATE INDEX keys_sensor ON keys (sensor_id, at);
  `;

  it("is that of a reference where there is such a table, and of names of the row itself where there is none", async () => {
    const { schema: model } = await planning(ddl);
    const read = new Statistics(model, { default: undefined, tables: { keys: 10_000, users: 50 } });
    const distinct = (column: string): number => read.distinct(findTable(model, "keys")!, column);
    assert.deepEqual(
      ["user_id", "made_by_user_id", "passkey_id", "session_id", "transaction_hash", "tenant_id", "sensor_id", "level"].map((column) => [column, distinct(column)]),
      [["user_id", 50], ["made_by_user_id", 50], ["passkey_id", 10_000], ["session_id", 10_000], ["transaction_hash", 10_000], ["tenant_id", 100], ["sensor_id", 100], ["level", 3]],
    );
  });
});

describe("what was measured", () => {
  after(closePlannings);

  const ddl = `
    CREATE TABLE jobs (id INTEGER PRIMARY KEY, user_id INTEGER, mail TEXT, state TEXT, done_at TEXT);
    CREATE INDEX jobs_state ON jobs (state, user_id);
    CREATE INDEX jobs_open ON jobs (user_id) WHERE done_at IS NULL AND state = 'new';
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
  `;

  /** Jobs of three users in a local database: one in ten is new, and one in ten is not done. */
  async function local(jobs: number, more: readonly string[] = [], tables: Readonly<Record<string, number>> = {}, insights?: ReadonlyMap<string, number>) {
    const { schema: model } = await planning(ddl);
    const database = (await testEngine()).open();
    try {
      const fill = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${jobs})
        INSERT INTO jobs SELECT i, i % 3, 'm' || i, CASE WHEN i % 10 = 0 THEN 'new' ELSE 'old' END, CASE WHEN i % 10 > 0 THEN '2024-01-01' END FROM n`;
      for (const { text } of [...splitStatements(ddl), { text: fill }, ...more.map((text) => ({ text }))]) assert.ok(database.run(text).ok, text);
      return { read: new Statistics(model, { default: undefined, tables }, { measured: measure(database), insights }), jobs: findTable(model, "jobs")!, model };
    } finally {
      database.close();
    }
  }

  it("counts where it is many rows, and the message says so", async () => {
    const { read } = await local(2_500);
    assert.deepEqual(read.size("jobs"), { rows: 2_500, source: "measured" });
    assert.equal(read.describe("jobs"), "`jobs` has 2,500 rows in the local D1 database");
  });

  it("is named, but does not count, where little was tried out", async () => {
    const { read } = await local(12);
    assert.equal(read.size("jobs").rows, 10_000);
    assert.equal(read.describe("jobs"), "`jobs` is taken to have 10,000 rows, since `plumbline.json` does not say and the local database holds only 12");
  });

  it("comes after the configuration and before what was recorded, which comes before assumptions", async () => {
    assert.equal((await local(2_500, [], { jobs: 70 })).read.size("jobs").rows, 70);
    assert.equal((await local(2_500, [], {}, new Map([["jobs", 90_000]]))).read.size("jobs").rows, 2_500);
    const { read } = await local(12, [], {}, new Map([["jobs", 90_000]]));
    assert.equal(read.describe("jobs"), "`jobs` has about 90,000 rows by what `wrangler d1 insights` recorded");
  });

  it("spreads values over the assumed size: few stay few, and what is unique stays so", async () => {
    const { read, jobs } = await local(300);
    assert.equal(read.size("jobs").rows, 10_000);
    assert.equal(read.distinct(jobs, "state"), 2);
    assert.equal(read.distinct(jobs, "mail"), 10_000);
    assert.equal(read.distinct(jobs, "user_id"), 100, "three users tried things out, but there will be more");
    assert.equal((await local(3_000)).read.distinct(jobs, "user_id"), 3, "so many rows are believed");
    assert.equal((await local(50)).read.distinct(jobs, "state"), 6, "so few are not");
  });

  it("knows the share of a value, of NULL, and of all else", async () => {
    const { read, jobs } = await local(3_000);
    const share = (...args: [column: string, kind: "null" | "not-null" | "value", literal?: string]): number => Math.round(read.shareOf(jobs, ...args) * 1_000) / 1_000;
    assert.equal(share("state", "value", "new"), 0.1);
    assert.equal(share("state", "value", "old"), 0.9);
    assert.equal(share("state", "value"), 0.5);
    assert.equal(share("state", "value", "never"), 0);
    assert.equal(share("done_at", "null"), 0.1);
    assert.equal(share("done_at", "not-null"), 0.9);
    assert.equal(share("mail", "value", "m7"), 0);
  });

  it("gives partial indexes their size", async () => {
    const { read, jobs, model } = await local(3_000);
    const open = model.indexes.find(({ name }) => name === "jobs_open")!;
    assert.ok(Math.abs(read.share(open) - 0.01) < 0.001);
    assert.equal(read.stat(jobs, open), "30 10 noskipscan");
    assert.equal((await local(12)).read.share(open), 1 / 12, "by the guesses for its condition, where nothing was measured");
  });

  it("takes what ANALYZE wrote, for an index that is still the same", async () => {
    const stat = async (...more: readonly string[]): Promise<string | undefined> =>
      (await local(3_000, more)).read.stat1().find(([, index]) => index === "jobs_state")?.[2];
    assert.equal(await stat("ANALYZE"), "3000 1500 500");
    assert.equal(await stat("DROP INDEX jobs_state", "CREATE INDEX jobs_state ON jobs (user_id, state)", "ANALYZE"), "3000 1500 500 noskipscan");
    assert.equal(await stat(), "3000 1500 500 noskipscan");
  });
});

describe("shares by guess", () => {
  after(closePlannings);

  it("follow what such columns are for", async () => {
    const { schema: model } = await planning("CREATE TABLE mails (id INTEGER PRIMARY KEY, deleted_at TEXT, sent_at TEXT, note TEXT, subject TEXT NOT NULL, active INTEGER, status TEXT)");
    const read = new Statistics(model, { default: undefined, tables: {} });
    const mails = findTable(model, "mails")!;
    assert.deepEqual(["id", "deleted_at", "sent_at", "note", "subject"].map((column) => read.shareOf(mails, column, "null")), [0, 0.9, 0.1, 0.5, 0]);
    assert.equal(read.shareOf(mails, "deleted_at", "not-null"), 1 - 0.9);
    assert.equal(read.shareOf(mails, "active", "value", 1), 0.9);
    assert.equal(read.shareOf(mails, "status", "value", "draft"), 1 / 6);
    assert.equal(read.shareOf(mails, "id", "value", 7), 1 / 10_000);
  });
});
