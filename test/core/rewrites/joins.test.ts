// Look-ups of one row for each row of another query, joined to that query: the code before and after is executed against
// the same rows, some of which have no row to look up.

import assert from "node:assert/strict";
import { applyEdits } from "../../../src/core/text/edit";
import { converge, reviewed } from "../../support/review";
import { prove, proveRewrite, proveWithheld, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE keepers (id INTEGER PRIMARY KEY, name TEXT, badge TEXT NOT NULL UNIQUE, nick TEXT UNIQUE COLLATE NOCASE, room INTEGER);
CREATE TABLE animals (id INTEGER PRIMARY KEY, name TEXT NOT NULL, keeper_id INTEGER, badge TEXT, weight NUMERIC, parent_id INTEGER, born TEXT);
CREATE INDEX animals_born ON animals (born, name);
CREATE TABLE shifts (keeper_id INTEGER NOT NULL, day TEXT NOT NULL, hours INTEGER, PRIMARY KEY (keeper_id, day));
INSERT INTO keepers (id, name, badge, nick, room) VALUES (1, 'Ada', 'b1', 'AA', 7), (2, NULL, 'b2', 'bo', NULL), (3, 'Cy', 'b3', NULL, 9);
INSERT INTO animals (id, name, keeper_id, badge, weight, parent_id, born) VALUES (1, 'Emu', 2, 'b1', 30, NULL, '2020'), (2, 'Fox', 1, 'B1', 6.5, 1, '2021'), (3, 'Gnu', NULL, NULL, 200, 2, NULL), (4, 'Hen', 99, 'zz', 2, 9, '2020'), (5, 'Ibis', 1, 'b3', 1, 1, '2019');
INSERT INTO shifts (keeper_id, day, hours) VALUES (1, 'mon', 4), (1, 'tue', NULL), (2, 'tue', 8);
`;

const loop = (code: string, inputs: Loop["inputs"] = [[]], path?: string): Loop => ({ schema, code, inputs, ...(path === undefined ? {} : { path }) });
const becomes = async (one: Loop, expected: string): Promise<void> => assert.equal(await proveRewrite("Join the look-up", one), expected);
const isProven = (one: Loop): Promise<string> => proveRewrite("Join the look-up", one);

describe("look-ups joined to the query of the rows", () => {
  it("rebuilds the row from columns under names of their own", () =>
    becomes(
      loop(`export async function run(env) {
  const { results } = await env.DB.prepare("SELECT id, name, keeper_id FROM animals ORDER BY id").all();
  const out = [];
  for (const animal of results) {
    const keeper = await env.DB.prepare("SELECT id, name FROM keepers WHERE id = ?").bind(animal.keeper_id).first();
    out.push({ animal: animal.name, keeper, known: keeper !== null });
  }
  return out;
}
`),
      `export async function run(env) {
  const { results } = await env.DB.prepare("SELECT animals.id, animals.name, animals.keeper_id, keeper.id AS keeper_row_id, keeper.name AS keeper_name FROM animals LEFT JOIN keepers AS keeper ON keeper.id = animals.keeper_id ORDER BY animals.id").all();
  const out = [];
  for (const animal of results) {
    const keeper = animal.keeper_row_id === null ? null : { id: animal.keeper_row_id, name: animal.keeper_name };
    out.push({ animal: animal.name, keeper, known: keeper !== null });
  }
  return out;
}
`,
    ));

  it("takes the columns out of rows that are given on as they are", () =>
    becomes(
      loop(
        `export async function run(env: Env, born: string) {
  const found = await env.DB.prepare(
    \`SELECT *
     FROM animals a
     WHERE born = ?
     ORDER BY name DESC\`,
  )
    .bind(born)
    .all<Animal>();

  // Each with who looks after it.
  return await Promise.all(
    (found.results ?? []).map(async (animal) => ({
      ...animal,
      keeper: await env.DB.prepare("SELECT k.name, upper(k.name) AS title FROM keepers k WHERE k.id = ? LIMIT 1").bind(animal.keeper_id).first<Keeper>(),
    })),
  );
}
`,
        [["2020"], ["2021"], ["1999"]],
        "src/run.ts",
      ),
      `export async function run(env: Env, born: string) {
  const found = await env.DB.prepare(
    \`SELECT a.*, keeper.id AS keeper_row_id, keeper.name AS keeper_name, upper(keeper.name) AS keeper_title
     FROM animals a
     LEFT JOIN keepers AS keeper ON keeper.id = a.keeper_id
     WHERE a.born = ?
     ORDER BY a.name DESC\`,
  )
    .bind(born)
    .all<Animal & { keeper_row_id: unknown; keeper_name: unknown; keeper_title: unknown }>();

  // Each with who looks after it.
  return await Promise.all(
    (found.results ?? []).map(async ({ keeper_row_id, keeper_name, keeper_title, ...animal }) => ({
      ...animal,
      keeper: keeper_row_id === null ? null : ({ name: keeper_name, title: keeper_title } as Keeper),
    })),
  );
}
`,
    ));

  it("selects what is read of the row alone", () =>
    becomes(
      loop(
        `export async function run(env: Env) {
  const animals = (await env.DB.prepare('SELECT name, keeper_id AS keeper FROM animals').all()).results as { name: string; keeper: number }[]
  const lines: string[] = []
  for (const { name, keeper: keeperId } of animals) {
    const keeper = await env.DB.prepare('SELECT * FROM keepers WHERE id = ?').bind(keeperId).first<Keeper>()
    if (!keeper) continue
    lines.push(name + ': ' + keeper.name + ', ' + keeper?.room)
  }
  return lines.join(animals.length === 1 ? '' : '; ')
}
`,
        [[]],
        "src/run.ts",
      ),
      `export async function run(env: Env) {
  const animals = (await env.DB.prepare('SELECT animals.name, animals.keeper_id AS keeper, keepers.id AS keepers_id, keepers.name AS keepers_name, keepers.room AS keepers_room FROM animals LEFT JOIN keepers ON keepers.id = animals.keeper_id').all()).results as ({ name: string; keeper: number } & { keepers_id: unknown; keepers_name: unknown; keepers_room: unknown })[]
  const lines: string[] = []
  for (const { keepers_id, keepers_name, keepers_room, name, keeper: keeperId } of animals) {
    const keeper = keepers_id === null ? null : ({ name: keepers_name, room: keepers_room } as Keeper)
    if (!keeper) continue
    lines.push(name + ': ' + keeper.name + ', ' + keeper?.room)
  }
  return lines.join(animals.length === 1 ? '' : '; ')
}
`,
    ));

  it("takes one column of it, where the turn wants no more", () =>
    becomes(
      loop(
        `export async function run(env, most) {
  const { results: animals } = await env.DB.prepare("SELECT id, badge FROM animals WHERE weight > 1 ORDER BY id LIMIT ?").bind(most).all();
  const names = new Map();
  for (const animal of animals) names.set(animal.id, await env.DB.prepare("SELECT name FROM keepers WHERE badge = ?").bind(animal.badge).first("name"));
  return names;
}
`,
        [[9], [2], [0]],
      ),
      `export async function run(env, most) {
  const { results: animals } = await env.DB.prepare("SELECT animals.id, animals.badge, keepers.name AS keepers_name FROM animals LEFT JOIN keepers ON keepers.badge = animals.badge WHERE animals.weight > 1 ORDER BY animals.id LIMIT ?").bind(most).all();
  const names = new Map();
  for (const animal of animals) names.set(animal.id, animal.keepers_name);
  return names;
}
`,
    ));

  it("asks only whether there is a row, by a key of several columns, one of which is the same in each turn", () =>
    becomes(
      loop(
        `export async function run(env, when, least) {
  const day = String(when);
  const query = \`
    SELECT a.id, a.keeper_id, k.name AS keeper
    FROM animals a
    JOIN keepers k ON k.id = a.keeper_id
    WHERE a.weight > ?
    ORDER BY a.id
  \`;
  const rows = await env.DB.prepare(query).bind(least).all();
  const list = rows.results || [];
  const checked = await Promise.all(
    list.map(async (row) => {
      if (row.keeper_id) {
        const shift = await env.DB.prepare("SELECT 1 FROM shifts WHERE keeper_id = ? AND day = ?").bind(row.keeper_id, day).first();
        row.works = !!shift;
      } else {
        row.works = false;
      }
      return row;
    })
  );
  return checked;
}
`,
        [["mon", 0], ["tue", 0], ["sun", 5], ["mon", 900]],
      ),
      `export async function run(env, when, least) {
  const day = String(when);
  const query = \`
    SELECT a.id, a.keeper_id, k.name AS keeper, shifts.keeper_id AS shifts_keeper_id
    FROM animals a
    JOIN keepers k ON k.id = a.keeper_id
    LEFT JOIN shifts ON shifts.keeper_id = a.keeper_id AND shifts.day = ?
    WHERE a.weight > ?
    ORDER BY a.id
  \`;
  const rows = await env.DB.prepare(query).bind(day, least).all();
  const list = rows.results || [];
  const checked = await Promise.all(
    list.map(async ({ shifts_keeper_id, ...row }) => {
      if (row.keeper_id) {
        const shift = shifts_keeper_id !== null;
        row.works = !!shift;
      } else {
        row.works = false;
      }
      return row;
    })
  );
  return checked;
}
`,
    ));

  it("joins a table to itself, and keeps other conditions", () =>
    becomes(
      loop(`export async function run(env) {
  const { results } = await env.DB.prepare("SELECT name, parent_id FROM animals ORDER BY name").all();
  const out = [];
  for (const row of results) {
    const parent = await env.DB.prepare("SELECT name, weight FROM animals WHERE id = ? AND weight < 100 AND born IS NOT NULL").bind(row.parent_id).first();
    if (parent === null) break;
    out.push([row.name, parent.name, parent.weight]);
  }
  return out;
}
`),
      `export async function run(env) {
  const { results } = await env.DB.prepare("SELECT animals.name, animals.parent_id, parent.id AS parent_row_id, parent.name AS parent_name, parent.weight AS parent_weight FROM animals LEFT JOIN animals AS parent ON parent.id = animals.parent_id AND parent.weight < 100 AND parent.born IS NOT NULL ORDER BY animals.name").all();
  const out = [];
  for (const row of results) {
    const parent = row.parent_row_id === null ? null : { name: row.parent_name, weight: row.parent_weight };
    if (parent === null) break;
    out.push([row.name, parent.name, parent.weight]);
  }
  return out;
}
`,
    ));

  it("compares as the look-up did: by the collation of its own column", () =>
    isProven(
      loop(`export async function run(env) {
  const { results } = await env.DB.prepare("SELECT id, badge FROM animals").all();
  const out = [];
  for (const { id, badge } of results) out.push([id, await env.DB.prepare("SELECT id, nick FROM keepers WHERE badge = ?").bind(badge).first()]);
  const { results: names } = await env.DB.prepare("SELECT id, lower(nick) AS low, nick FROM keepers ORDER BY id").all();
  return [out, names.length];
}
`),
    ));

  it("binds what the look-up keeps, where nothing was bound", () =>
    isProven(
      loop(
        `export async function run(env, { query }) {
  const day = query.get("day") || "mon";
  const { results } = await env.DB.prepare("SELECT id FROM keepers").all();
  return await Promise.all(results.map(async (keeper) => {
    const shift = await env.DB.prepare("SELECT hours FROM shifts WHERE day = ? AND keeper_id = ?").bind(day, keeper.id).first();
    return { id: keeper.id, hours: shift?.hours ?? 0, on: shift ? "yes" : "no" };
  }));
}
`,
        [[{ query: new Map([["day", "tue"]]) }], [{ query: new Map() }]],
      ),
    ));

  it("leaves sub-queries and counts of the rows alone", () =>
    isProven(
      loop(`export async function run(env) {
  const { results } = await env.DB.prepare("SELECT k.id, k.room, (SELECT COUNT(*) FROM shifts WHERE shifts.keeper_id = k.id) AS shifts FROM keepers k ORDER BY k.id DESC").all();
  if (!results || results.length === 0) return [];
  const emus = results.some((keeper) => keeper.id === 1);
  const out = [emus];
  for (const keeper of results) {
    const animal = await env.DB.prepare("SELECT name FROM animals WHERE id = ?").bind(keeper.room).first();
    out.push(animal ? animal.name : keeper.shifts);
  }
  return out;
}
`),
    ));

  it("joins two tables one after the other", async () => {
    const code = `export async function run(env) {
  const { results } = await env.DB.prepare("SELECT id, keeper_id, parent_id FROM animals ORDER BY id").all();
  const out = [];
  for (const row of results) {
    const keeper = await env.DB.prepare("SELECT name FROM keepers WHERE id = ?").bind(row.keeper_id).first();
    const parent = await env.DB.prepare("SELECT name FROM animals WHERE id = ?").bind(row.parent_id).first();
    out.push([row.id, keeper?.name, parent?.name]);
  }
  return out;
}
`;
    const tables = schema.replace(/^INSERT .*\n/gm, "");
    const after = (await converge(`//- /migrations/0001.sql\n${tables}//- /functions/run.js\n${code}`)).get("functions/run.js")!;
    assert.equal(after.split("LEFT JOIN").length, 3);
    await prove({ schema, path: "functions/run.js", before: code, after, inputs: [[]] });
    await reviewed(new Map([["migrations/0001.sql", tables], ["functions/run.js", code]]), ({ findings }) => {
      const [one, other] = findings.flatMap((finding) => finding.fixes()).map((fix) => fix.changes.flatMap((change) => (change.kind === "edit" ? change.edits : [])));
      assert.throws(() => applyEdits(code, [...one!, ...other!]), /overlap/);
    });
  });

  it("tells no distinct rows apart, and knows which names a sub-query has for itself", () =>
    isProven(
      loop(
        `export async function run(env, day) {
  const { results } = await env.DB.prepare("SELECT DISTINCT a.keeper_id, a.born FROM animals a WHERE EXISTS (SELECT 1 FROM shifts WHERE keeper_id = a.keeper_id AND day <> ?) OR a.born IS NULL ORDER BY a.born, a.keeper_id").bind(day).all();
  const out = [];
  for (const { keeper_id, born } of results) {
    const shift = await env.DB.prepare("SELECT hours FROM shifts WHERE keeper_id = ? AND day = ?").bind(keeper_id, day).first();
    out.push([born, shift ? shift.hours : "free"]);
  }
  return out;
}
`,
        [["mon"], ["tue"]],
      ),
    ));

  it("joins a look-up that only some turns make", () =>
    isProven(
      loop(`export async function run(env) {
  const { results } = await env.DB.prepare("SELECT id, keeper_id, weight FROM animals ORDER BY id").all();
  const out = [];
  for (const row of results) {
    out.push(row.weight > 5 ? await env.DB.prepare("SELECT name, room FROM keepers WHERE id = ?").bind(row.keeper_id).first() : "small");
  }
  return out;
}
`),
    ));
});

describe("look-ups that are not joined", () => {
  /** A turn that ends before its query is offered nothing else, so that the reason is told. */
  const code = (rows: string, turn: string, after = "return out;", before = ""): Pick<Loop, "schema" | "code"> => ({
    schema,
    code: `export async function run(env, send) {
  const { results } = await env.DB.prepare("${rows}").all();
  const out = [];
  ${before}
  for (const row of results) {
    if (out.length > 9) break;
    ${turn}
  }
  ${after}
}
`,
  });
  const rows = "SELECT id, keeper_id, badge FROM animals ORDER BY id";
  const keeper = 'const keeper = await env.DB.prepare("SELECT name FROM keepers WHERE id = ?").bind(row.keeper_id).first();';
  const stop = "if (!keeper?.name) break;";

  for (const [name, because, fixture] of [
    ["rows that are given back with what they got", "`results` is also used as it is", code(rows, `${keeper} ${stop} row.keeper = keeper.name;`, "return results;")],
    ["rows that are grouped", "the rows are grouped", code("SELECT keeper_id, COUNT(*) AS n FROM animals GROUP BY keeper_id", `${keeper} ${stop}`)],
    ["distinct rows without an order", "the order of DISTINCT rows", code("SELECT DISTINCT keeper_id FROM animals", `${keeper} ${stop}`)],
    ["rows of several SELECTs", "more than one SELECT", code("SELECT id, keeper_id FROM animals UNION SELECT id, room FROM keepers", `${keeper} ${stop}`)],
    ["a LIMIT without an order", "a LIMIT without an order", code("SELECT id, keeper_id FROM animals LIMIT 5000", `${keeper} ${stop}`)],
    ["whole rows of two tables", "rows of several tables are taken whole", code("SELECT * FROM animals JOIN shifts ON shifts.keeper_id = animals.keeper_id", `${keeper} ${stop}`)],
    ["a key that is worked out", "it is not certain which column `keeper_id` is", code("SELECT id, animals.keeper_id + 0 AS keeper_id FROM animals", `${keeper} ${stop}`)],
    ["keys of different types", "are of different types", code("SELECT id, born AS keeper_id FROM animals", `${keeper} ${stop}`)],
    ["all columns of the row", "takes every column", code(rows, 'const keeper = await env.DB.prepare("SELECT * FROM keepers WHERE id = ?").bind(row.keeper_id).first(); out.push(keeper); if (!keeper) break;')],
    ["a write between the two", "something is done between", code(rows, `${keeper} ${stop}`, "return out;", 'await env.DB.prepare("UPDATE keepers SET name = ?").bind("x").run();')],
    ["something waited for between the two", "something is done between", code(rows, `${keeper} ${stop}`, "return out;", "await send();")],
    ["a key that the turn changes", "is changed in the turn", code(rows, `row.keeper_id = row.id; ${keeper} ${stop}`)],
    ["a row that others may change", "is given away before its query", code(rows, `const seen = send(row); ${keeper} ${stop} out.push(seen);`)],
    ["a turn that writes", "the turn also writes", code(rows, `${keeper} ${stop} await env.DB.prepare("UPDATE keepers SET name = ? WHERE id = ?").bind("x", row.id).run();`)],
    ["a value that D1 may refuse", "D1 may refuse `send`", code(rows, 'const keeper = await env.DB.prepare("SELECT name FROM keepers WHERE id = ? AND room = ?").bind(row.keeper_id, send).first(); if (!keeper) break;')],
    ["errors of each turn", "errors", code(rows, `try { ${keeper} ${stop} } catch { out.push(0); }`)],
  ] as const) {
    it(name, () => proveWithheld(because, fixture));
  }

  for (const [name, fixture] of [
    ["a key that several rows may have", code(rows, 'const keeper = await env.DB.prepare("SELECT name FROM keepers WHERE room = ?").bind(row.keeper_id).first(); if (!keeper) break;')],
    ["part of a key", code(rows, 'const keeper = await env.DB.prepare("SELECT hours FROM shifts WHERE keeper_id = ?").bind(row.keeper_id).first(); if (!keeper) break;')],
    ["what changes with the time", code(rows, `const keeper = await env.DB.prepare("SELECT name FROM keepers WHERE id = ? AND badge < datetime('now')").bind(row.keeper_id).first(); if (!keeper) break;`)],
    ["sums", code(rows, 'const keeper = await env.DB.prepare("SELECT SUM(room) AS s FROM keepers WHERE id = ?").bind(row.keeper_id).first(); if (!keeper.s) break;')],
    ["another database", { schema, code: code(rows, `${keeper} ${stop}`).code.replace("await env.DB.prepare(\"SELECT name", "await env.OTHER.prepare(\"SELECT name") }],
  ] as const) {
    it(name, () => proveWithheld("a turn can end before its query", fixture));
  }
});
