// Reads of a loop sent before it: each rewrite is executed against the same rows as the code before it.

import assert from "node:assert/strict";
import { proveRewrite, proveWithheld, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT NOT NULL, lead_id INTEGER);
CREATE TABLE players (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams(id), email TEXT UNIQUE COLLATE NOCASE, name TEXT, goals INTEGER, code TEXT);
CREATE TABLE games (id INTEGER PRIMARY KEY, team_id INTEGER, day TEXT, goals INTEGER);
INSERT INTO teams (id, name, lead_id) VALUES (1, 'Reds', 2), (2, 'Blues', NULL), (3, 'Greens', 9);
INSERT INTO players (id, team_id, email, name, goals, code) VALUES (1, 1, 'Ann@x', 'Ann', 3, '7'), (2, 1, 'ben@x', NULL, 0, '7.0'), (3, 2, NULL, 'Cid', NULL, '8'), (4, NULL, 'dee@x', 'Dee', 5, NULL);
INSERT INTO games (team_id, day, goals) VALUES (1, '2024-01-05', 2), (1, '2024-02-01', 4), (2, '2024-01-09', NULL), (1, '2024-01-20', 1);
`;
const ids = [[[]], [[1]], [[3, 1, 2]], [[2, 2, 99, null, 1]], [["1", "02", "x", true]], [[undefined]]];
const teams = [[[]], [[{ id: 1, month: "2024-01" }, { id: 2, month: "2024-01" }, { id: 1, month: "2024-02" }, { id: 8, month: "" }]]];

const loop = (code: string, inputs: Loop["inputs"], path?: string): Loop => ({ schema, code, inputs, ...(path === undefined ? {} : { path }) });
const becomes = async (one: Loop, expected: string): Promise<void> => assert.equal(await proveRewrite("Send the queries", one), expected);
const isProven = (one: Loop): Promise<string> => proveRewrite("Send the queries", one);

describe("reads of a loop", () => {
  it("sends first, and takes the rows in the loop", () =>
    becomes(
      loop(
        `export async function run(env, teams) {
  const sums = [];
  for (const team of teams) {
    const from = team.month + "-01";
    const to = team.month + "-31";

    const sum = await env.DB.prepare("SELECT SUM(goals) AS goals FROM games WHERE team_id = ? AND day BETWEEN ? AND ?")
      .bind(team.id, from, to)
      .first();
    if (!sum) continue;
    sums.push({ team: team.id, goals: sum.goals ?? 0 });
  }
  return sums;
}
`,
        teams,
      ),
      `export async function run(env, teams) {
  const sums = [];
  const list = [...teams];
  const queries = list.map((team) => {
    const from = team.month + "-01";
    const to = team.month + "-31";
    return env.DB.prepare("SELECT SUM(goals) AS goals FROM games WHERE team_id = ? AND day BETWEEN ? AND ?")
      .bind(team.id, from, to);
  });
  const found = [];
  for (let i = 0; i < queries.length; i += 100) {
    found.push(...(await env.DB.batch(queries.slice(i, i + 100))));
  }
  for (const [index, team] of list.entries()) {
    const sum = found[index].results[0] ?? null;
    if (!sum) continue;
    sums.push({ team: team.id, goals: sum.goals ?? 0 });
  }
  return sums;
}
`,
    ));

  it("takes Promise.all whose turns go on with what they read", () =>
    becomes(
      loop(
        `export async function run(env: Env) {
  const { results: teams } = await env.DB.prepare("SELECT id, name FROM teams ORDER BY id").all<Team>()

  return await Promise.all(
    teams.map(async (team) => {
      const { results: players } = await env.DB.prepare(
        "SELECT id, name FROM players WHERE team_id = ? ORDER BY id"
      )
        .bind(team.id)
        .all<Player>()

      return { ...team, players: players || [] }
    })
  )
}
`,
        [[]],
        "functions/teams.ts",
      ),
      `export async function run(env: Env) {
  const { results: teams } = await env.DB.prepare("SELECT id, name FROM teams ORDER BY id").all<Team>()

  const queries = teams.map((team) =>
    env.DB.prepare(
      "SELECT id, name FROM players WHERE team_id = ? ORDER BY id"
    )
      .bind(team.id)
  )
  const found: D1Result<Player>[] = []
  for (let i = 0; i < queries.length; i += 100) {
    found.push(...(await env.DB.batch<Player>(queries.slice(i, i + 100))))
  }
  return await Promise.all(
    teams.map(async (team, index) => {
      const { results: players } = found[index]!

      return { ...team, players: players || [] }
    })
  )
}
`,
    ));

  it("replaces Promise.all whose turns are nothing but their query", () =>
    becomes(
      loop(
        `export async function run(env, ids) {
  const names = await Promise.all(ids.map((id) => env.DB.prepare("SELECT name FROM players WHERE id = ?").bind(id).first("name")));
  return names;
}
`,
        ids,
      ),
      `export async function run(env, ids) {
  const queries = ids.map((id) => env.DB.prepare("SELECT name FROM players WHERE id = ?").bind(id));
  const found = [];
  for (let i = 0; i < queries.length; i += 100) {
    found.push(...(await env.DB.batch(queries.slice(i, i + 100))));
  }
  const names = found.map(({ results }) => results[0]?.name ?? null);
  return names;
}
`,
    ));

  it("gives whole results as they are", async () => {
    await isProven(
      loop(
        `export async function run(env, ids) {
  return Promise.all(ids.map(async (id) => env.DB.prepare("SELECT * FROM players WHERE team_id = ? ORDER BY id").bind(id).all()));
}
`,
        ids,
      ),
    );
    await isProven(
      loop(
        `export async function run(env, ids) {
  const results = await Promise.all(ids.map(async (id) => {
    return await env.DB.prepare("SELECT id FROM players WHERE team_id = ?").bind(id).run();
  }));
  return results.map(({ results }) => results.length);
}
`,
        ids,
      ),
    );
  });

  it("reads keys as SQLite compares them: other case, text for numbers", () =>
    isProven(
      loop(
        `export async function run(env, emails) {
  const found = {};
  for (const email of emails) {
    const player = await env.DB.prepare("SELECT id, email FROM players WHERE email = ?").bind(email).first();
    found[email] = player?.id ?? null;
  }
  return found;
}
`,
        [[["ann@X", "BEN@x", "dee@x", "none", null]], [["Ann@x"]], [[]]],
      ),
    ));

  it("compares numbers with text as D1 does", () =>
    isProven(
      loop(
        `export async function run(env, codes) {
  const names = [];
  for (const code of codes) names.push(await env.DB.prepare("SELECT id FROM players WHERE code = ?").bind(code).first("id"));
  return names;
}
`,
        [[[7, "7", 8, "8"]]],
      ),
    ));

  it("builds the text of each query in the first pass", () =>
    becomes(
      loop(
        `export async function run(env, filters) {
  return await Promise.all(filters.map(async (filter) => {
    let sql = 'SELECT COUNT(*) AS n FROM players WHERE 1 = 1';
    const values = [];

    // Only where a team is asked for.
    if (filter.team) {
      sql += ' AND team_id = ?';
      values.push(filter.team);
    }

    const row = await env.DB.prepare(sql).bind(...values).first();

    return { ...filter, n: row.n };
  }));
}
`,
        [[[]], [[{ team: 1 }, {}, { team: 5 }]]],
      ),
      `export async function run(env, filters) {
  const queries = filters.map((filter) => {
    let sql = 'SELECT COUNT(*) AS n FROM players WHERE 1 = 1';
    const values = [];

    // Only where a team is asked for.
    if (filter.team) {
      sql += ' AND team_id = ?';
      values.push(filter.team);
    }
    return env.DB.prepare(sql).bind(...values);
  });
  const found = [];
  for (let i = 0; i < queries.length; i += 100) {
    found.push(...(await env.DB.batch(queries.slice(i, i + 100))));
  }
  return await Promise.all(filters.map(async (filter, index) => {
    const row = found[index].results[0] ?? null;

    return { ...filter, n: row.n };
  }));
}
`,
    ));

  it("makes again what both passes need, where that is the same", () =>
    isProven(
      loop(
        `export async function run(env, emails) {
  const seen = [];
  for (const email of emails) {
    const wanted = email.trim().toLowerCase();
    const row = await env.DB.prepare("SELECT name FROM players WHERE email = ?").bind(wanted).first();
    seen.push(wanted + ": " + (row ? row.name : "none"));
  }
  return seen;
}
`,
        [[[]], [[" Ann@x", "zed@x "]]],
      ),
    ));

  it("takes a counted loop by its counter", () =>
    becomes(
      loop(
        `export async function run(env, ids) {
  let goals = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    goals += (await env.DB.prepare("SELECT goals FROM players WHERE id = ?").bind(id).first())?.goals ?? 0;
  }
  return goals;
}
`,
        ids,
      ),
      `export async function run(env, ids) {
  let goals = 0;
  const queries = [];
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    queries.push(env.DB.prepare("SELECT goals FROM players WHERE id = ?").bind(id));
  }
  const found = [];
  for (let start = 0; start < queries.length; start += 100) {
    found.push(...(await env.DB.batch(queries.slice(start, start + 100))));
  }
  for (let i = 0; i < ids.length; i++) {
    goals += (found[i].results[0] ?? null)?.goals ?? 0;
  }
  return goals;
}
`,
    ));

  it("takes destructured elements, and lists that are made on the spot", () =>
    isProven(
      loop(
        `export async function run(env, teams) {
  const rows = [];
  for (const { id, month } of teams.filter((team) => team.month !== "")) {
    const { results } = await env.DB.prepare("SELECT day FROM games WHERE team_id = ? AND substr(day, 1, 7) = ? ORDER BY day").bind(id, month).all();
    rows.push([id, results.map((row) => row.day)]);
  }
  return rows;
}
`,
        teams,
      ),
    ));

  it("takes a statement that was prepared before, and a session", () =>
    isProven(
      loop(
        `export async function run(env, ids) {
  const session = env.DB.withSession("first-primary");
  const find = session.prepare("SELECT name FROM teams WHERE id = ?");
  const names = new Map();
  for (const id of ids) {
    const row = await find.bind(id).first();
    names.set(id, row === null ? "?" : row.name);
  }
  return names;
}
`,
        ids,
      ),
    ));

  it("takes one of two reads at a time", async () => {
    const code = `export async function run(env, ids) {
  const rows = [];
  for (const id of ids) {
    const team = await env.DB.prepare("SELECT name FROM teams WHERE id = ?").bind(id).first();
    rows.push({ team, games: (await env.DB.prepare("SELECT day FROM games WHERE team_id = ? ORDER BY day").bind(id).all()).results });
  }
  return rows;
}
`;
    await isProven(loop(code, ids)).then(
      () => assert.fail("each of the two has a fix of its own"),
      (error: Error) => assert.match(error.message, /more than one fix/),
    );
  });

  it("sends for those turns only that come to the query", () =>
    becomes(
      loop(
        `export async function run(env, teams, least) {
  const rows = [];
  for (const team of teams) {
    const key = team.month;
    let row = null;

    if (key === "") {
      row = "none";
    } else if (team.id >= least) {
      const to = key + "-15";
      const { results } = await env.DB.prepare("SELECT id FROM games WHERE team_id = ? AND day < ? ORDER BY id").bind(team.id, to).all();
      row = key + results.length;
    }
    rows.push(row);
  }
  return rows;
}
`,
        teams.flatMap(([list]) => [[list, 0], [list, 2], [list, 20]]),
      ),
      `export async function run(env, teams, least) {
  const rows = [];
  const list = [...teams];
  const queries = list.flatMap((team) => {
    const key = team.month;
    if (key === "") return [];
    if (!(team.id >= least)) return [];
    const to = key + "-15";
    return [env.DB.prepare("SELECT id FROM games WHERE team_id = ? AND day < ? ORDER BY id").bind(team.id, to)];
  });
  const found = [];
  for (let i = 0; i < queries.length; i += 100) {
    found.push(...(await env.DB.batch(queries.slice(i, i + 100))));
  }
  let next = 0;
  for (const team of list) {
    const key = team.month;
    let row = null;

    if (key === "") {
      row = "none";
    } else if (team.id >= least) {
      const { results } = found[next++];
      row = key + results.length;
    }
    rows.push(row);
  }
  return rows;
}
`,
    ));

  it("takes skipped turns and those that do not come to the query together", () =>
    isProven(
      loop(
        `export async function run(env: Env, teams: Team[]) {
  const names: string[] = [];
  for (const team of teams) {
    if (!team.id) continue;
    if (typeof team.month === "string" && team.month.startsWith("2024")) {
      const wanted = parseInt(team.month.slice(5));
      // The lead of the team, by its number.
      names.push((await env.DB.prepare("SELECT MAX(name) AS name FROM players WHERE team_id = ? AND id > ?").bind(team.id, wanted - 1).first<Player>())?.name ?? "?");
    }
    else names.push("-");
  }
  return names;
}
`,
        teams,
        "src/run.ts",
      ),
    ));

  it("leaves what a turn then reads for each of its own rows", () =>
    becomes(
      loop(
        `export async function run(env, ids) {
  return Promise.all(ids.map(async (id) => {
    const { results } = await env.DB.prepare("SELECT id, name FROM players WHERE team_id = ? LIMIT 3").bind(id).all();
    // plumbline-allow query-in-loop: there are three at most
    const games = await Promise.all(results.map(async (player) => (await env.DB.prepare("SELECT day FROM games WHERE goals = ? ORDER BY day").bind(player.id).raw()).length));
    return [id, results, games];
  }));
}
`,
        ids,
      ),
      `export async function run(env, ids) {
  const queries = ids.map((id) => env.DB.prepare("SELECT id, name FROM players WHERE team_id = ? LIMIT 3").bind(id));
  const found = [];
  for (let i = 0; i < queries.length; i += 100) {
    found.push(...(await env.DB.batch(queries.slice(i, i + 100))));
  }
  return Promise.all(ids.map(async (id, index) => {
    const { results } = found[index];
    // plumbline-allow query-in-loop: there are three at most
    const games = await Promise.all(results.map(async (player) => (await env.DB.prepare("SELECT day FROM games WHERE goals = ? ORDER BY day").bind(player.id).raw()).length));
    return [id, results, games];
  }));
}
`,
    ));

  it("uses the index that the callback has", () =>
    isProven(
      loop(
        `export async function run(env, ids) {
  return await Promise.all(ids.map(async (id, n) => {
    const row = await env.DB.prepare("SELECT name, ? AS n FROM teams WHERE id = ?").bind(n, id).first();
    return [n, row?.name];
  }));
}
`,
        ids,
      ),
    ));
});

describe("reads of a loop with turns that skip them by what they make", () => {
  it("are sent for the others", () =>
    isProven(
      loop(
        `export async function run(env, teams) {
  const sums = [];
  for (const team of teams) {
    const month = String(team.month);
    if (month === "") continue;
    const from = month + "-01";
    const row = await env.DB.prepare("SELECT SUM(goals) AS goals FROM games WHERE team_id = ? AND day >= ?").bind(team.id, from).first();
    sums.push([month, row.goals]);
  }
  return sums;
}
`,
        teams,
      ),
    ));
});

describe("reads of a loop that may end early", () => {
  const early = (turn: string, parameters = "body", list = "body.ids"): Loop["code"] => `export async function run(env${parameters === "" ? "" : `, ${parameters}`}) {
  const out = [];
  for (const id of ${list}) {
    ${turn}
    out.push(player.name);
  }
  return out;
}
`;
  const checked = 'const player = await env.DB.prepare("SELECT * FROM players WHERE id = ? AND goals >= ?").bind(id, 0).first();\n    if (!player) return { missing: id };';
  const all = "all are read, also where the loop ends early";

  it("are all sent first, and the loop ends where it did", async () => {
    await proveRewrite(all, loop(early(checked), [[{ ids: [] }], [{ ids: [1, 2, 4] }], [{ ids: [1, 77, 4] }], [{ ids: [77, null] }]]));
    await proveRewrite(all, loop(early(checked.replace("return { missing: id }", "throw new Error(`no ${id}`)"), "body", "[...new Set(body.ids)]"), [[{ ids: [1, 1, 2] }], [{ ids: [1, 77, 4] }]]));
    await proveRewrite(all, loop(early(checked, "ids: number[]", "Array.from(new Set(ids))"), [[[1, 2]], [[3, 1]]], "functions/run.ts"));
  });

  it("take columns of rows that were read before", () =>
    proveRewrite(
      all,
      loop(
        `export async function run(env) {
  const { results: teams } = await env.DB.prepare("SELECT id, lead_id FROM teams ORDER BY id").all();
  const squads = [];
  for (const team of teams) {
    const { results } = await env.DB.prepare("SELECT name FROM players WHERE team_id = ? ORDER BY id").bind(team.id).all();
    if (results.length < 2) break;
    squads.push(results.length);
  }
  return squads;
}
`,
        [[]],
      ),
    ));

  it("are read one by one where a later one might be refused", async () => {
    const because = "what a turn reads decides whether there is a next one";
    await proveWithheld(because, { schema, code: early(checked.replace("bind(id, 0)", "bind(id.player, 0)")) });
    await proveWithheld(because, { schema, code: early(checked, "ids", "ids") });
    await proveWithheld(because, { schema, code: early(checked, "body", "body.rows.map((row) => row.id)") });
    await proveWithheld(because, { schema, code: early(checked.replace("bind(id, 0)", "bind(keyOf(id), 0)")) });
  });
});

describe("reads of a loop that stay", () => {
  const within = (body: string): Pick<Loop, "schema" | "code"> => ({
    schema,
    code: `export async function run(env, teams, log) {
  const out = [];
  let last = 0;
  for (const team of teams) {
${body}
  }
  return out;
}
`,
  });
  const read = 'await env.DB.prepare("SELECT * FROM players WHERE team_id = ? AND id > ?").bind(team.id, 0).first()';

  for (const [name, because, body] of [
    ["an end that depends on what was read", "decides whether there is a next one", `    const player = ${read};\n    if (!player) break;\n    out.push(player);`],
    ["a return of what was read", "decides whether there is a next one", `    const player = ${read};\n    if (!player) return team;\n    out.push(player);`],
    ["errors caught in each turn", "each turn catches its own errors", `    try { out.push(${read}); } catch { out.push(null); }`],
    ["a query by what turns before did", "changes from turn to turn", `    if (out.length === 0) out.push(${read});`],
    ["a query by what the turn works out", "goes on to use what its query is made of", `    const key = createKey(team);\n    if (key) out.push(${read});`],
    ["a query by a call", "may do more than give a value", `    if (queue.take(team)) out.push(${read});`],
    ["a query of a turn that may end before", "a turn can end before its query", `    if (team.id) {\n      if (!team.month) continue;\n      out.push(${read});\n    }`],
    ["a query of one branch", "sent in some turns only", `    out.push(team.cached ?? ${read});`],
    ["a turn that skips its query by what it made of a call", "goes on to use what its query is made of", `    const id = keyOf(team);\n    if (id > 2) continue;\n    out.push(${read});`],
    ["a turn that skips its query by what others did", "which decides whether a turn goes on, is changed", `    if (out.length > 2) continue;\n    out.push(${read});`],
    ["a turn that skips its query by a call", "may do more than give a value", `    if (queue.take(team)) continue;\n    out.push(${read});`],
    ["writes between", "the turn also writes", `    out.push(${read});\n    await env.DB.prepare("DELETE FROM players WHERE team_id = ?").bind(team.id).run();`],
    ["other waiting", "also waits for `team.load()`", `    out.push(${read});\n    await team.load();`],
    ["other effects", "`log(…)` is called in each turn", `    log(${read});`],
    ["a changed element", "`team.id`, which the query reads, is changed in the turn", `    const player = ${read};\n    team.id = player?.id;\n    out.push(team);`],
    ["rows as lists", "`raw` gives rows as lists", '    out.push(await env.DB.prepare("SELECT id FROM players WHERE team_id = ?").bind(team.id).raw());'],
    ["what the query is made of, used again", "goes on to use what its query is made of", `    const key = createKey(team);\n    const player = await env.DB.prepare("SELECT * FROM players WHERE code = ?").bind(key).first();\n    out.push([key, player]);`],
  ] as const) {
    it(name, () => proveWithheld(because, within(body)));
  }

  it("values that turns hand on", () =>
    proveWithheld("`last`, which the query reads, changes from turn to turn", {
      schema,
      code: `export async function run(env, teams) {
  const out = [];
  let last = 0;
  for (const team of teams) {
    out.push((await env.DB.prepare("SELECT id FROM players WHERE team_id = ? AND id > ?").bind(team.id, last).all()).results.length);
    last += team.step;
  }
  return out;
}
`,
    }));

  it("a list that grows as it is read", () =>
    proveWithheld("`ids`, which the loop goes over, is changed in the turn", {
      schema,
      code: `export async function run(env, start) {
  const ids = [start];
  const seen = [];
  for (const id of ids) {
    const team = await env.DB.prepare("SELECT lead_id FROM teams WHERE id = ?").bind(id).first();
    if (team && seen.length < 9) ids.push(team.lead_id);
    seen.push(id);
  }
  return seen;
}
`,
    }));

  it("a promise that a try hands on without waiting for it", () =>
    proveWithheld("the loop is not waited for at once", {
      schema,
      code: `export async function run(env, ids) {
  try {
    return Promise.all(ids.map((id) => env.DB.prepare("SELECT name FROM teams WHERE id = ?").bind(id).first()));
  } catch {
    return [];
  }
}
`,
    }));

  it("lists that may be read once only", async () => {
    await proveWithheld("what `pages` gives may be read once only", {
      schema,
      code: `export async function run(env, pages) {
  const out = [];
  for (const id of pages()) out.push(await env.DB.prepare("SELECT name FROM teams WHERE id = ?").bind(id).first());
  return out;
}
`,
    });
  });

  it("promises that are waited for elsewhere", () =>
    proveWithheld("the loop is not waited for at once", {
      schema,
      code: `export async function run(env, ids) {
  const promises = ids.map((id) => env.DB.prepare("SELECT name FROM teams WHERE id = ?").bind(id).first());
  env.count = promises.length;
  return (await Promise.all(promises)).length;
}
`,
    }));

  it("functions that do not wait", () =>
    proveWithheld("no statement can be put before the loop", {
      schema,
      code: `export const run = (env, ids) => Promise.all(ids.map((id) => env.DB.prepare("SELECT name FROM teams WHERE id = ?").bind(id).first()));
`,
    }));
});
