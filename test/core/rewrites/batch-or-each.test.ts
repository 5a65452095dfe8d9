// Writes whose turns catch their own errors: sent together first, one by one where a batch is refused. Whatever fails, the
// same rows are left and the same is told of them.

import assert from "node:assert/strict";
import { proveRewrite, proveWithheld, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, points INTEGER CHECK (points >= 0));
INSERT INTO members (id, email, points) VALUES (1, 'ann@x', 5), (2, 'ben@x', 0);
`;
const many = Array.from({ length: 250 }, (_, n) => ({ email: `m${n}@x`, points: n }));
const rows: Loop["inputs"] = [
  [[]],
  [[{ email: "c@x", points: 1 }, { email: "d@x", points: 2 }]],
  [[{ email: "c@x", points: 1 }, { email: "ann@x", points: 2 }, { email: "d@x", points: -1 }, { email: "c@x", points: 3 }, { email: "e@x", points: null }]],
  [[{ email: "c@x" }, { email: "d@x", points: 2 }]],
  [[{ email: "c@x", points: 1 }, null, { email: "d@x", points: 2 }]],
  [many],
  [[...many, { email: "m3@x", points: 1 }, { email: "last@x", points: 1 }]],
];
const loop = (code: string, inputs: Loop["inputs"] = rows, path?: string): Loop => ({ schema, code, inputs, ...(path === undefined ? {} : { path }) });
const proven = (one: Loop): Promise<string> => proveRewrite("one by one where a batch is refused", one);

describe("writes whose turns catch their own errors", () => {
  it("sends them together, and one by one where that is refused", async () =>
    assert.equal(
      await proven(
        loop(`export async function run(env, members) {
  let added = 0;
  const failed = [];
  // The import goes on after a bad line.
  for (const member of members) {
    try {
      await env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)")
        .bind(member.email, member.points)
        .run();
      added++;
    } catch (error) {
      failed.push(error.message);
    }
  }
  return { added, failed };
}
`),
      ),
      `export async function run(env, members) {
  let added = 0;
  const failed = [];
  // The import goes on after a bad line.
  const statementOf = (member) => env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)")
    .bind(member.email, member.points);
  // All together first: a batch that is refused leaves nothing behind, and the loop sends the rest one by one.
  let sent = 0;
  try {
    const statements = members.map(statementOf);
    for (let i = 0; i < statements.length; i += 100) {
      await env.DB.batch(statements.slice(i, i + 100));
      sent += 100;
    }
  } catch (refused) {
    // After these nobody knows whether the batch was done.
    if (/connection lost|to be reset|reset because/.test(String(refused))) throw refused;
  }
  for (const member of members) {
    try {
      // plumbline-allow write-in-loop: only where a batch was refused
      if (--sent < 0) await statementOf(member).run();
      added++;
    } catch (error) {
      failed.push(error.message);
    }
  }
  return { added, failed };
}
`,
    ));

  it("leaves out what a turn skips, and takes what its statement is made of", () =>
    proven(
      loop(`export async function run(env, members) {
  const counts = { added: 0, skipped: 0, failed: 0 };
  for (const member of members) {
    if (member && member.points === 2) { counts.skipped++; continue; }
    try {
      if (!member.email.includes("@")) {
        counts.skipped += 1;
        continue;
      }
      const email = member.email.trim().toLowerCase();
      const points = Number(member.points ?? 0);
      await env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(email, points).run();
      counts.added++;
    } catch {
      counts.failed++;
    }
  }
  return counts;
}
`),
    ));

  it("calls again what gives a value and does nothing else, in whatever file", async () => {
    const code = `import { addressOf } from "../lib/addresses";
const least = 0;
const pointsOf = (member) => Math.max(least, Number(member.points ?? 0));

export async function run(env, members) {
  const failed = [];
  for (const member of members) {
    try {
      await env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(addressOf(member), pointsOf(member)).run();
    } catch (error) {
      failed.push(error.message);
    }
  }
  return failed;
}
`;
    const others = (body: string): Record<string, string> => ({ "lib/addresses.ts": `let made = 0;\nexport function addressOf(member) {\n  ${body}\n}\n` });
    const path = "functions/run.ts";
    await proven({ ...loop(code, rows, path), others: others("return member.email.trim().toLowerCase();") });
    for (const body of ["return member.email + made++;", "made += 1; return member.email;", "return member.email + made;", "return send(member);"]) {
      await proveWithheld("may do more than give a value", { schema, path, code, others: others(`${body}${body.includes("+ made;") ? "\n}\nexport function next() {\n  made++;" : ""}`) });
    }
  });

  it("goes over what may be missing", async () => {
    const code = (list: string): string => `export async function run(env: Env, body: { members?: Member[] }) {
  const failed: string[] = [];
  for (const member of ${list}) {
    try {
      await env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(member.email, member.points).run();
    } catch {
      failed.push(member.email);
    }
  }
  return failed;
}
`;
    const inputs = [[{}], [{ members: [{ email: "c@x", points: 1 }, { email: "d@x", points: 2 }] }], [{ members: [{ email: "c@x", points: 1 }, { email: "ann@x", points: 2 }] }]];
    for (const list of ["body.members || []", "(body.members ?? [])"]) {
      const after = await proven(loop(code(list), inputs, "src/run.ts"));
      assert.match(after, /\(member: NonNullable<typeof body\.members>\[number\]\)/);
      assert.match(after, /= \(body\.members (?:\|\||\?\?) \[\]\)\.map\(statementOf\)/);
    }
  });

  it("waits in the catch for what it waits for", () =>
    proven(
      loop(`async function note(env, text) {
  await env.DB.prepare("UPDATE members SET points = points + 1 WHERE id = 1").run();
}

export async function run(env, members) {
  const insert = env.DB.prepare("INSERT INTO members (email, points) VALUES (?1, ?2) ON CONFLICT (email) DO UPDATE SET points = excluded.points");
  let done = 0;
  for (const member of members) {
    try {
      await insert.bind(member.email, member.points).run();
      done++;
    } catch (error) {
      if (!String(error).includes("CHECK")) await note(env, error.message);
    }
  }
  return done;
}
`),
    ));

  it("skips what a turn finds wanting by what it makes", async () =>
    assert.equal(
      await proven(
        loop(
          `export async function run(env, members) {
  const problems = [];
  let done = 0;
  for (let i = 0; i < members.length; i++) {
    const member = members[i];
    const email = member.email.trim();

    if (!email || email === "x@x") {
      problems.push(\`line \${i + 1}: no address\`);
      continue;
    }

    try {
      const points = Math.round(member.points ?? 0);
      await env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(email, points).run();
      done++;
    } catch (error) {
      problems.push(\`line \${i + 1}: \${error.message}\`);
    }
  }
  return { done, problems };
}
`,
          [[[]], [[{ email: "c@x", points: 1.5 }, { email: " " }, { email: "x@x" }, { email: "d@x" }]], [[{ email: "c@x" }, { email: "" }, { email: "ann@x" }, { email: "d@x", points: 2 }]]],
        ),
      ),
      `export async function run(env, members) {
  const problems = [];
  let done = 0;
  const statementOf = (i) => {
    const member = members[i];
    const email = member.email.trim();
    const points = Math.round(member.points ?? 0);
    return env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(email, points);
  };
  // All together first: a batch that is refused leaves nothing behind, and the loop sends the rest one by one.
  let sent = 0;
  try {
    const statements = Array.from({ length: members.length }, (_, i) => i).filter((i) => {
      const member = members[i];
      const email = member.email.trim();
      return !(!email || email === "x@x");
    }).map(statementOf);
    for (let start = 0; start < statements.length; start += 100) {
      await env.DB.batch(statements.slice(start, start + 100));
      sent += 100;
    }
  } catch (refused) {
    // After these nobody knows whether the batch was done.
    if (/connection lost|to be reset|reset because/.test(String(refused))) throw refused;
  }
  for (let i = 0; i < members.length; i++) {
    const member = members[i];
    const email = member.email.trim();

    if (!email || email === "x@x") {
      problems.push(\`line \${i + 1}: no address\`);
      continue;
    }

    try {
      // plumbline-allow write-in-loop: only where a batch was refused
      if (--sent < 0) await statementOf(i).run();
      done++;
    } catch (error) {
      problems.push(\`line \${i + 1}: \${error.message}\`);
    }
  }
  return { done, problems };
}
`,
    ));

  it("goes on from a later element than the first", () =>
    proven(
      loop(`export async function run(env, members) {
  const failed = [];
  for (let i = 1; i < members.length; i++) {
    try {
      await env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(members[i].email, members[i].points).run();
    } catch (error) {
      failed.push(i);
    }
  }
  return failed;
}
`),
    ));

  it("keeps a catch behind the call", () =>
    proven(
      loop(`export async function run(env, members) {
  const refused = [];
  for (const member of members) {
    await env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(member.email, member.points).run().catch((error) => {
      refused.push(String(error));
    });
  }
  return refused;
}
`),
    ));

  it("stops where the catch stops", () =>
    proven(
      loop(`export async function run(env, members) {
  let done = 0;
  for (const member of members) {
    try {
      await env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(member.email, member.points).run();
      done++;
    } catch (error) {
      if (done > 0) break;
      throw new Error("the first one is bad");
    }
  }
  return done;
}
`),
    ));

  it("counts what a catch outside still sees", () =>
    proven(
      loop(`export async function run(env: Env, members: { email: string; points: number }[]) {
  let added = 0;
  try {
    for (const member of members) {
      await env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(member.email, member.points).run();
      added++;
    }
  } catch {
    return -added;
  }
  return added;
}
`, rows, "src/run.ts"),
    ));

  it("keeps what was written before an error that the code around swallows", async () => {
    const after = await proven(
      loop(`async function keep(db, { email, points = 0 }) {
  const lower = email.toLowerCase();
  await db.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(lower, points).run();
}

export async function run(env, members) {
  try {
    for (let i = 0; i < members.length; i++) {
      const member = members[i] || {};
      await keep(env.DB, { email: member.email, points: member.points });
    }
  } catch {}
  return members.length;
}
`),
    );
    assert.match(after, /Array\.from\(\{ length: members\.length \}, \(_, i\) => i\)\.map\(\(i\) => \{/);
    await proven(
      loop(`export async function run(env: Env, members: { email: string; points: number }[]) {
  let note = "";
  try {
    for (let n = 0; n < members.length; n++) await env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)").bind(members[n]!.email, n).run();
  } catch (error) {
    note = String(error);
  }
  return note;
}
`, rows, "src/run.ts"),
    );
  });

  it("takes the inner of two loops, written in a line", () =>
    proven(
      loop(`export async function run(env, groups) {
  const failed = [];
  for (const group of groups) {
    for (const member of group.members) {
      try { await env.DB.prepare("UPDATE members SET points = points - 1 WHERE email = ?").bind(member.email).run(); } catch (error) { failed.push(error.message); }
    }
  }
  return failed;
}
`, [[[]], [[{ members: [{ email: "ann@x" }, { email: "zoe@x" }] }, { members: [{ email: "ann@x" }, { email: "ben@x" }, { email: "ann@x" }] }, { members: [] }]], [[{ members: [{ email: "ann@x" }, { email: "ann@x" }, { email: "zoe@x" }] }]]]),
    ));
});

describe("writes whose turns catch their own errors that stay", () => {
  for (const [name, body] of [
    ["ids that something gives", "try { await insert.bind(member.email, ids.next()).run(); } catch { failed++; }"],
    ["values that are counted on", "try { await insert.bind(member.email, failed).run(); } catch { failed++; }"],
    ["a read before it", 'try { if (await env.DB.prepare("SELECT 1 FROM members WHERE email = ?").bind(member.email).first()) continue; await insert.bind(member.email, 1).run(); } catch { failed++; }'],
    ["a request in the turn", "try { await insert.bind(member.email, 1).run(); await fetch(member.url); } catch { failed++; }"],
    ["a result that is used", "try { const { meta } = await insert.bind(member.email, 1).run(); failed -= meta.changes; } catch { failed++; }"],
    ["two writes of a turn", "try { await insert.bind(member.email, 1).run(); await insert.bind(member.other, 1).run(); } catch { failed++; }"],
    ["a return in the turn", "try { await insert.bind(member.email, 1).run(); if (failed > 3) return failed; } catch { failed++; }"],
    ["an element that changes", "try { member.email = member.email.trim(); await insert.bind(member.email, 1).run(); } catch { failed++; }"],
    ["a skip by what the turn made", "try { const email = ids.pop(); if (!email) continue; await insert.bind(member.email, 1).run(); } catch { failed++; }"],
    ["a write in some turns", "try { if (member.email) await insert.bind(member.email, 1).run(); } catch { failed++; }"],
  ] as const) {
    it(name, () =>
      proveWithheld("no rewrite is offered", {
        schema,
        code: `export async function run(env, members, ids) {
  const insert = env.DB.prepare("INSERT INTO members (email, points) VALUES (?, ?)");
  let failed = 0;
  for (const member of members) {
    ${body}
  }
  return failed;
}
`,
      }));
  }
});
