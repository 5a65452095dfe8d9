import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE notes (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, body TEXT NOT NULL, pinned INTEGER NOT NULL DEFAULT 0);
`;

describe("bind-count", () => {
  it("counts parameters as SQLite does", () =>
    check(`${schema}
//- /src/a.ts
export const all = async (env: Env, a: string, b: string, c: string) => [
  await env.DB.prepare("SELECT body FROM notes WHERE id = ?").bind(a, b).first(),
                                                              ^^^^^^^^^^ bind-count The statement has 1 parameter, but 2 values are bound
  await env.DB.prepare("SELECT body FROM notes WHERE id = ?3").bind(a).first(),
                                                               ^^^^^^^ bind-count The statement has 3 parameters, but 1 value is bound
  await env.DB.prepare("SELECT body FROM notes WHERE id = ?2 AND body = ?").bind(a, b).first(),
                                                                            ^^^^^^^^^^ bind-count The statement has 3 parameters
  await env.DB.prepare("SELECT body FROM notes WHERE id = :id AND owner_id = :id").bind(a, b).first(),
                                                                                   ^^^^^^^^^^ bind-count The statement has 1 parameter
  await env.DB.prepare("SELECT body FROM notes WHERE id = 1 AND body = '?' -- ?").bind(a).first(),
                                                                                  ^^^^^^^ bind-count The statement has 0 parameters
];
`));

  it("marks the first parameter that has no value, where nothing is bound", () =>
    check(`${schema}
//- /src/a.js
export const all = async (env) => [
  await env.DB.prepare("SELECT body FROM notes WHERE id = ? AND body = ?").first(),
                                                          ^ bind-count The statement has 2 parameters, but nothing is bound
  await env.DB.prepare(\`SELECT body
    FROM notes
    WHERE id = ?\`).first(),
               ^ bind-count The statement has 1 parameter, but nothing is bound
];
`));

  it("knows values in variables, spread constants, and what is bound later", () =>
    check(`${schema}
//- /src/a.js
const flags = [1, 0];
export async function all(env, a, rows) {
  const statement = env.DB.prepare("INSERT INTO notes (owner_id, body) VALUES (?, ?)");
  await env.DB.batch(rows.map((row) => statement.bind(row.owner)));
                                                 ^^^^^^^^^^^^^^^ bind-count
  await env.DB.prepare("SELECT body FROM notes WHERE id = ? AND pinned = ?").bind(a, ...flags).first();
                                                                             ^^^^^^^^^^^^^^^^^ bind-count The statement has 2 parameters, but 3 values are bound
  let other = env.DB.prepare("SELECT body FROM notes WHERE id = ?");
  if (a) other = other.bind(a);
  return other.first();
}
`));

  it("keeps silent where either side is not known", () =>
    check(`${schema}
//- /src/a.js
export const parts = (env, a, b, values, ids, where, column, run) => [
  env.DB.prepare("SELECT body FROM notes WHERE id = ? AND body = ?").bind(...values).first(),
  env.DB.prepare(\`SELECT body FROM notes WHERE id IN (\${ids.map(() => "?").join(",")})\`).bind(a).all(),
  env.DB.prepare(\`SELECT body FROM notes WHERE id = ? \${where}\`).bind(a, b).all(),
  env.DB.prepare(\`SELECT body FROM notes WHERE id = ? AND \${column} = ?\`).bind(a).all(),
  run(env.DB.prepare("SELECT body FROM notes WHERE id = ?")),
];
export async function all(env, a, b, values, search) {
  const one = values.length > 0 ? env.DB.prepare("SELECT body FROM notes WHERE id = ?").bind(...values) : env.DB.prepare("SELECT body FROM notes WHERE id = ?");
  await one.first();
  let statement;
  if (search) {
    statement = env.DB.prepare("SELECT body FROM notes WHERE id = ? AND body LIKE ?");
    await statement.bind(a, search).all();
  } else {
    statement = env.DB.prepare("SELECT body FROM notes WHERE id = 1");
    await statement.all();
  }
  let sql = "SELECT body FROM notes WHERE id = ?";
  if (search) sql += " AND body = ?";
  await env.DB.prepare(sql).bind(a, b).all();
}
`));

  it("says so where no text of several fits", () =>
    check(`${schema}
//- /src/a.js
export async function all(env, a, b, c, search) {
  let sql = "SELECT body FROM notes WHERE id = ?";
  if (search) sql += " AND body = ?";
  await env.DB.prepare(sql).bind(a, b, c).all();
                            ^^^^^^^^^^^^^ bind-count
}
`));

  it("takes an array or object for all parameters, as other libraries do", () =>
    check(`${schema}
//- /plumbline.json
{ "target": "sqlite" }
//- /src/a.js
export const all = (db, id, given) => [
  db.prepare("SELECT body FROM notes WHERE id = @id AND body = @body").get({ id, body: "x" }),
  db.prepare("SELECT body FROM notes WHERE id = ? AND body = ?").get([id, "x"]),
  db.prepare("SELECT body FROM notes WHERE id = ? AND body = ?").all(given),
  db.prepare("SELECT body FROM notes WHERE id = ?").get(id, 2),
                                                        ^^^^^ bind-count
];
`));
});
