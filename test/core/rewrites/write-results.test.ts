// Writes whose turns use what they give back: each takes the result of its own statement from the batch.

import assert from "node:assert/strict";
import { proveRewrite, proveWithheld, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE lines (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, cents INTEGER NOT NULL, UNIQUE (account, cents));
CREATE TABLE devices (owner TEXT NOT NULL, name TEXT NOT NULL, key TEXT, PRIMARY KEY (owner, name));
INSERT INTO lines (account, cents) VALUES ('old', 100), ('old', 200);
INSERT INTO devices (owner, name) VALUES ('ann', 'phone'), ('ann', 'desk'), ('ben', 'phone');
`;
const many = Array.from({ length: 130 }, (_, n) => ({ account: "many", amount: n / 2 }));
const lines = [[[]], [[{ account: "a", amount: 1.5 }, { account: "b", amount: -2 }]], [many]];
const loop = (code: string, inputs: Loop["inputs"], path?: string): Loop => ({ schema, code, inputs, ...(path === undefined ? {} : { path }) });
const proven = (one: Loop): Promise<string> => proveRewrite("Send the writes of all turns", one);

describe("results of writes in a loop", () => {
  it("takes the id of each new row", async () =>
    assert.equal(
      await proven(
        loop(
          `export async function run(env, statement) {
  const rows = statement.slice();
  const stored = [];
  for (const row of rows) {
    // Money is kept in cents.
    const cents = Math.round(row.amount * 100);

    const result = await env.DB.prepare(
      "INSERT INTO lines (account, cents) VALUES (?, ?)",
    ).bind(
      row.account,
      cents, // no fractions
    ).run();

    stored.push({ id: result.meta.last_row_id, ...row });
  }
  return stored;
}
`,
          lines,
        ),
      ),
      `export async function run(env, statement) {
  const rows = statement.slice();
  const stored = [];
  const statements = rows.map((row) => {
    // Money is kept in cents.
    const cents = Math.round(row.amount * 100);
    return env.DB.prepare(
      "INSERT INTO lines (account, cents) VALUES (?, ?)",
    ).bind(
      row.account,
      cents, // no fractions
    );
  });
  const found = [];
  for (let i = 0; i < statements.length; i += 100) {
    found.push(...(await env.DB.batch(statements.slice(i, i + 100))));
  }
  for (const [index, row] of rows.entries()) {
    const result = found[index];

    stored.push({ id: result.meta.last_row_id, ...row });
  }
  return stored;
}
`,
    ));

  it("counts what was changed", () =>
    proven(
      loop(
        `export async function run(env, updates) {
  let changed = 0;
  let missing = 0;
  for (const update of updates) {
    const { meta } = await env.DB.prepare("UPDATE devices SET key = ? WHERE owner = ? AND name = ?").bind(update.key ?? null, "ann", update.name).run();
    if (meta.changes > 0) changed++;
    else missing++;
  }
  return { changed, missing };
}
`,
        [[[]], [[{ name: "phone", key: "k" }, { name: "none" }, { name: "desk" }, { name: "phone" }]]],
      ),
    ));

  it("adds up what rows were ignored", () =>
    proven(
      loop(
        `export async function run(env: Env, rows: { account: string; cents: number }[]) {
  const insert = env.DB.prepare("INSERT OR IGNORE INTO lines (account, cents) VALUES (?, ?)");
  let ignored = 0;
  for (const { account, cents } of rows) {
    if ((await insert.bind(account, cents).run()).meta.changes === 0) ignored += 1;
  }
  return ignored;
}
`,
        [[[]], [[{ account: "old", cents: 100 }, { account: "new", cents: 100 }, { account: "new", cents: 100 }]]],
        "src/run.ts",
      ),
    ));

  it("takes the row that RETURNING gives", () =>
    proven(
      loop(
        `export async function run(env: Env, rows: { account: string; cents: number }[]) {
  return Promise.all(
    rows.map(async (row) => {
      const made = await env.DB.prepare("INSERT INTO lines (account, cents) VALUES (?, ?) RETURNING id").bind(row.account, row.cents).first<{ id: number }>();
      return { ...row, id: made?.id };
    }),
  );
}
`,
        [[[]], [[{ account: "x", cents: 1 }, { account: "y", cents: 2 }]]],
        "src/run.ts",
      ),
    ));

  it("leaves out what a turn skips", async () =>
    assert.equal(
      await proven(
        loop(
          `export async function run(env, rows) {
  const ids = {};
  let skipped = 0;
  for (const { account, amount } of rows) {
    if (!account) continue;
    if (amount < 0 && account !== "b") {
      skipped++;
      continue;
    }
    const { meta } = await env.DB.prepare("INSERT INTO lines (account, cents) VALUES (?, ?)").bind(account, amount).run();
    ids[account] = meta.last_row_id;
  }
  return { ids, skipped };
}
`,
          [...lines, [[{ account: "", amount: 4 }, { account: "a", amount: -3 }, { account: "b", amount: -3 }, { account: "c", amount: 0 }]]],
        ),
      ),
      `export async function run(env, rows) {
  const ids = {};
  let skipped = 0;
  const list = [...rows];
  const statements = list.filter(({ account, amount }) => account).filter(({ account, amount }) => !(amount < 0 && account !== "b")).map(({ account, amount }) =>
    env.DB.prepare("INSERT INTO lines (account, cents) VALUES (?, ?)").bind(account, amount)
  );
  const found = [];
  for (let i = 0; i < statements.length; i += 100) {
    found.push(...(await env.DB.batch(statements.slice(i, i + 100))));
  }
  let next = 0;
  for (const { account, amount } of list) {
    if (!account) continue;
    if (amount < 0 && account !== "b") {
      skipped++;
      continue;
    }
    const { meta } = found[next++];
    ids[account] = meta.last_row_id;
  }
  return { ids, skipped };
}
`,
    ));

  it("takes Promise.all whose value is used", () =>
    proven(
      loop(
        `export async function run(env, rows) {
  const insert = env.DB.prepare("INSERT INTO lines (account, cents) VALUES (?, ?)");
  const results = await Promise.all(rows.map((row) => insert.bind(row.account, row.amount).run()));
  return results.map((result) => result.meta.last_row_id);
}
`,
        [[[]], [[{ account: "x", amount: 1 }, { account: "y", amount: 2 }]]],
      ),
    ));
});

describe("results of writes that stay", () => {
  for (const [name, because, body] of [
    ["a skip by what came back before", "uses what its write gives back", "    if (ids.includes(row.id)) continue;\n    const result = await insert.bind(row.account, 1).run();\n    ids.push(result.meta.last_row_id);"],
    ["a throw after it", "uses what its write gives back", "    const result = await insert.bind(row.account, 1).run();\n    if (result.meta.changes === 0) throw new Error(row.account);"],
    ["something else that is waited for", "uses what its write gives back", "    const result = await insert.bind(row.account, 1).run();\n    await env.QUEUE.send(result.meta.last_row_id);"],
    ["a write in some turns only", "uses what its write gives back", "    const result = row.cents > 0 ? await insert.bind(row.account, 1).run() : undefined;\n    ids.push(result?.meta.last_row_id);"],
  ] as const) {
    it(name, () =>
      proveWithheld(because, {
        schema,
        code: `export async function run(env, rows) {
  const insert = env.DB.prepare("INSERT INTO lines (account, cents) VALUES (?, ?)");
  const ids = [];
  let last = 0;
  for (const row of rows) {
${body}
  }
  return [ids, last];
}
`,
      }));
  }
});
