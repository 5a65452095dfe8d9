import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE sensors (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
CREATE TABLE readings (id INTEGER PRIMARY KEY, sensor_id INTEGER NOT NULL, value REAL NOT NULL);
CREATE INDEX readings_sensor_id ON readings (sensor_id, id);
CREATE VIEW latest AS SELECT sensor_id, max(id) AS id FROM readings GROUP BY sensor_id;
`;

describe("first-without-limit", () => {
  it("marks what can find many rows, and says how many", () =>
    check(`${schema}
//- /src/a.ts
export const all = async (env: Env) => [
  await env.DB.prepare("SELECT value FROM readings WHERE sensor_id = 3 ORDER BY id DESC").first(),
                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ first-without-limit about 101 rows read a call
  await env.DB.prepare("SELECT value FROM readings").first("value"),
                        ^^^^^^^^^^^^^^^^^^^^^^^^^^ first-without-limit
];
`));

  it("keeps silent about one row, a LIMIT, other calls and other engines", () =>
    check(`${schema}
//- /src/a.ts
export const all = async (env: Env, rest: string) => [
  await env.DB.prepare("SELECT value FROM readings WHERE id = 3").first(),
  await env.DB.prepare("SELECT id FROM sensors WHERE code = 'a'").first(),
  await env.DB.prepare("SELECT s.id FROM readings r JOIN sensors s ON s.id = r.sensor_id WHERE r.id = 3").first(),
  await env.DB.prepare("SELECT max(value) FROM readings WHERE sensor_id = 3").first(),
  await env.DB.prepare("SELECT count(*) AS n FROM readings WHERE sensor_id = 3").first("n"),
  await env.DB.prepare("SELECT value FROM readings WHERE sensor_id = 3 ORDER BY id DESC LIMIT 1").first(),
  await env.DB.prepare("SELECT value FROM readings WHERE sensor_id = 3 ORDER BY id DESC").all(),
  await env.DB.prepare("SELECT id FROM latest WHERE sensor_id = 3").first(),
  await env.DB.prepare("SELECT value FROM readings WHERE sensor_id = 3").first(),
  await env.DB.prepare(\`SELECT value FROM readings WHERE sensor_id = 3 ORDER BY id \${rest}\`).first(),
  await env.DB.prepare("INSERT INTO sensors (code) VALUES ('a') RETURNING id").first(),
];
//- /scripts/look.ts
export const look = (env: Env) => env.DB.prepare("SELECT value FROM readings").first();
`));

  it("fix goes before a comment and a semicolon", () =>
    checkFix(
      `${schema}//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("SELECT value FROM readings WHERE sensor_id = 3 ORDER BY id; -- newest last").first();\n`,
      "LIMIT 1",
      `//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("SELECT value FROM readings WHERE sensor_id = 3 ORDER BY id LIMIT 1; -- newest last").first();\n`,
    ));
});
