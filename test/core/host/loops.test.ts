import { hostFacts } from "../../../src/core/host/facts";
import { assertMarks, onlyFile, parseFixture } from "../../support/fixture";

/** Labels each `prepare` and each execution that stands in a loop: `form shape [because]`. */
function check(source: string): void {
  const fixture = parseFixture(source);
  const { path, text } = onlyFile(fixture);
  const uses = hostFacts(path, text).sites.flatMap((site) => [
    { span: site.name, loop: site.loop },
    ...site.executions.filter((execution) => site.loop === undefined || execution.method === "batch").map((e) => ({ span: e.name, loop: e.loop })),
  ]);
  assertMarks(
    fixture,
    path,
    uses.flatMap(({ span, loop }) => (loop === undefined ? [] : [{ span, label: `${loop.form} ${loop.shape} ${loop.because ?? ""}`.trim() }])),
  );
}

describe("a query in a loop", () => {
  it("turns once per element", () => {
    check(`
      for (const x of xs) await db.prepare("SELECT 1").first();
                                   ^^^^^^^ for-of per-element
      for (let i = 0; i < xs.length; i++) { await db.prepare("SELECT 1").first(); }
                                                     ^^^^^^^ for per-element
      for (const key in xs) await db.prepare("SELECT 1").first();
                                     ^^^^^^^ for-in per-element
      for await (const x of xs) await db.prepare("SELECT 1").first();
                                         ^^^^^^^ for-await per-element
      while (xs.pop()) await db.prepare("SELECT 1").first();
                                ^^^^^^^ while per-element
      do { await db.prepare("SELECT 1").first(); } while (xs.pop());
                    ^^^^^^^ do per-element
      await Promise.all(xs.map(async (x) => { await db.prepare("SELECT 1").first(); }));
                                                       ^^^^^^^ map per-element
      xs.forEach(async function (x) { await db.prepare("SELECT 1").first(); });
                                               ^^^^^^^ forEach per-element
    `);
  });

  it("is one that runs a statement prepared outside of it", () => {
    check(`
      const one = db.prepare("SELECT ?");
      for (const x of xs) await one.bind(x).run();
                                            ^^^ for-of per-element
    `);
  });

  it("is not one in what a loop evaluates once, or in another function", () => {
    check(`
      for (const x of await db.prepare("SELECT 1").all()) f(x);
      for (let i = await db.prepare("SELECT 1").first(); i < 9; i++) f(i);
      (await db.prepare("SELECT 1").all()).map(f);
      for (const x of xs) later(async () => db.prepare("SELECT 1").first());
      for (const x of xs) { function f() { return db.prepare("SELECT 1").first(); } }
      for (const x of xs) await (async () => { await db.prepare("SELECT 1").first(); })();
                                                        ^^^^^^^ for-of per-element
    `);
  });
});

describe("statements that a loop collects", () => {
  it("are for a batch", () => {
    check(`
      const list = [];
      for (const x of xs) list.push(db.prepare("DELETE FROM t").bind(x));
                                       ^^^^^^^ for-of builds-batch the statements are collected for a batch
      await db.batch(list);
      await db.batch(xs.map((x) => db.prepare("DELETE FROM t").bind(x)));
                                      ^^^^^^^ map builds-batch the statements are collected for a batch
      const build = () => xs.map((x) => db.prepare("DELETE FROM t").bind(x));
                                           ^^^^^^^ map builds-batch the statements are collected for a batch
    `);
  });

  it("are sent every now and then", () => {
    check(`
      let list = [];
      for (const x of xs) {
        list.push(db.prepare("DELETE FROM t").bind(x));
                     ^^^^^^^ for-of builds-batch the statements are collected for a batch
        if (list.length === 50) { await db.batch(list); list = []; }
                                           ^^^^^ for-of chunked it sends what several turns collected
      }
    `);
  });

  it("are not collected where each turn sends its own", () => {
    check(`
      for (const x of xs) await db.batch([db.prepare("DELETE FROM t").bind(x)]);
                                   ^^^^^ for-of per-element
                                             ^^^^^^^ for-of per-element
      const running = xs.map((x) => db.prepare("DELETE FROM t").bind(x).run());
                                       ^^^^^^^ map per-element
    `);
  });
});

describe("a loop over chunks", () => {
  it("takes a slice or a chunk in each turn", () => {
    check(`
      for (let i = 0; i < ids.length; i += 50) {
        const part = ids.slice(i, i + 50);
        await db.prepare("DELETE FROM t WHERE id IN (" + part.map(() => "?").join(",") + ")").bind(...part).run();
                 ^^^^^^^ for chunked each turn takes a slice
      }
      while (ids.length > 0) await db.prepare("DELETE FROM t").bind(ids.splice(0, 50)).run();
                                      ^^^^^^^ while chunked each turn takes a slice
      for (const part of chunk(ids, 50)) await db.prepare("DELETE FROM t").run();
                                                  ^^^^^^^ for-of chunked each turn takes a chunk
      for (const page of splitPages(ids)) await db.prepare("DELETE FROM t").run();
                                                   ^^^^^^^ for-of chunked each turn takes a chunk
      for (const chunk of chunked(rows, 20)) await db.prepare("INSERT INTO t VALUES (?)").bind(...chunk.flat()).run();
                                                      ^^^^^^^ for-of chunked each turn takes a chunk
      for (const batch of batches) await db.prepare("DELETE FROM t").run();
                                            ^^^^^^^ for-of per-element
    `);
  });

  it("does not excuse a query per element of each chunk", () => {
    check(`
      for (const part of chunk(ids, 50)) await Promise.all(part.map((id) => db.prepare("SELECT 1").first()));
                                                                               ^^^^^^^ map per-element
    `);
  });
});

describe("a loop whose turns need each other", () => {
  it("ends where a result says so", () => {
    check(`
      for (let i = 0; i < 5; i++) {
        const taken = await db.prepare("SELECT 1").first();
                               ^^^^^^^ for sequential its end depends on what was read
        if (!taken) return i;
      }
      let more = true;
      while (more) {
        const page = await db.prepare("SELECT 1").all();
                              ^^^^^^^ while sequential its end depends on what was read
        more = page.results.length === 100;
      }
      const queue = [root];
      while (queue.length > 0) {
        const children = await db.prepare("SELECT 1").bind(queue.pop()).all();
                                  ^^^^^^^ while sequential its end depends on what was read
        queue.push(...children.results);
      }
    `);
  });

  it("ends with the first of its elements that is found", () => {
    check(`
      for (const name of names) {
        const file = await db.prepare("SELECT 1").bind(name).first();
                              ^^^^^^^ for-of sequential it ends with the first that is found
        if (file) return file;
      }
      let best;
      for (const match of matches) {
        if (match.score < 1) continue;
        best = await db.prepare("SELECT 1").bind(match.id).first();
                        ^^^^^^^ for-of sequential it ends with the first that is found
        if (best !== null) break;
      }
      for (const id of ids) {
        const page = await db.prepare("SELECT 1").bind(id).first();
                              ^^^^^^^ for-of sequential it ends with the first that is found
        if (page?.open) {
          note(page);
          return { id: page.id, repaired: false };
        }
      }
    `);
  });

  it("hands a result to the next turn", () => {
    check(`
      let parent = null;
      for (const name of path) {
        const folder = await db.prepare("SELECT 1").bind(parent, name).first();
                                ^^^^^^^ for-of sequential each turn needs \`parent\` of the turn before
        parent = folder.id;
      }
    `);
  });

  it("tries again", () => {
    check(`
      for (let attempt = 0; attempt < most; attempt++) {
        try { return await db.prepare("SELECT 1").first(); } catch (e) { wait(attempt); }
                              ^^^^^^^ for sequential it is tried again until it succeeds
      }
    `);
  });

  it("is not one that checks each element of a list", () => {
    check(`
      for (const x of xs) {
        const found = await db.prepare("SELECT 1").bind(x).first();
                               ^^^^^^^ for-of per-element
        if (!found) return missing(x);
      }
      for (let i = 0; i < xs.length; i++) {
        const found = await db.prepare("SELECT 1").bind(xs[i]).first();
                               ^^^^^^^ for per-element
        if (!found) break;
      }
      let known;
      for (const x of xs) {
        known = await db.prepare("SELECT 1").bind(x).first();
                         ^^^^^^^ for-of per-element
        if (known) await db.prepare("DELETE FROM t").bind(known.id).run();
                            ^^^^^^^ for-of per-element
      }
      for (const x of xs) {
        const taken = await db.prepare("SELECT 1").bind(x).first();
                               ^^^^^^^ for-of per-element
        if (taken) return c.json({ error: taken.name + " is taken" }, 409);
      }
      for (const x of xs) {
        const taken = await db.prepare("SELECT 1").bind(x).first();
                               ^^^^^^^ for-of per-element
        if (taken) throw new Error("taken");
      }
      for (const x of xs) {
        const taken = await db.prepare("SELECT 1").bind(x).first();
                               ^^^^^^^ for-of per-element
        if (taken) {
          conflict = true;
          break;
        }
      }
    `);
  });
});

describe("a loop with few turns", () => {
  it("has a constant number of them", () => {
    check(`
      const KINDS = ["a", "b"] as const;
      for (const kind of KINDS) await db.prepare("SELECT 1").bind(kind).first();
                                         ^^^^^^^ for-of bounded it has at most 2 elements
      for (const [name, n] of Object.entries({ a: 1, b: 2, c: 3 })) await db.prepare("SELECT 1").first();
                                                                             ^^^^^^^ for-of bounded it has at most 3 elements
      for (let month = 11; month >= 0; month--) await db.prepare("SELECT 1").first();
                                                         ^^^^^^^ for bounded it turns 12 times
      for (let i = 0; i < 13; i++) await db.prepare("SELECT 1").first();
                                            ^^^^^^^ for per-element
      await Promise.all(rows.slice(0, 5).map((row) => db.prepare("SELECT 1").first()));
                                                         ^^^^^^^ map bounded it has at most 5 elements
      const GROUPS = { sea: ["a", "b"], land: ["c"] };
      for (const [group, names] of Object.entries(GROUPS)) {
        for (const name of names) await db.prepare("SELECT 1").bind(group, name).first();
                                           ^^^^^^^ for-of bounded it has at most 2 elements
      }
      for (const [group, names] of Object.entries({ sea: more, land: ["c"] })) {
        for (const name of names) await db.prepare("SELECT 1").bind(group, name).first();
                                           ^^^^^^^ for-of per-element
      }
    `);
  });

  it("lets few keys through", () => {
    check(`
      const ALLOWED = { a: true, b: true };
      for (const [key, value] of Object.entries(body)) {
        if (!ALLOWED[key]) { errors.push(key); continue; }
        await db.prepare("UPDATE t SET a = 1").run();
                 ^^^^^^^ for-of bounded only 2 keys are let through
      }
      const NAMES = ["a", "b"] as const;
      for (const [key, value] of Object.entries(body)) {
        if (!NAMES.includes(key as Name)) continue;
        await db.prepare("UPDATE t SET a = 1").run();
                 ^^^^^^^ for-of bounded only 2 keys are let through
      }
      for (const { key } of list) {
        if (!ALLOWED[key]) continue;
        await db.prepare("UPDATE t SET a = 1").run();
                 ^^^^^^^ for-of per-element
      }
    `);
  });

  it("goes over an object that few keys were let into", () => {
    check(`
      const KNOWN = ["rate", "plan", "note"];
      const picked = {};
      const rest = {};
      const both = {};
      for (const [key, value] of Object.entries(body)) {
        if (KNOWN.includes(key) && value) picked[key] = value;
        else if (!KNOWN.includes(key)) rest[key] = value;
      }
      for (const key of Object.keys(body)) {
        if (!KNOWN.includes(key) || body[key] === null) continue;
        both[key] = body[key];
      }
      both.made = now;
      log(JSON.stringify(picked));
      for (const [key, value] of Object.entries(picked)) await db.prepare("UPDATE t SET a = 1").run();
                                                                  ^^^^^^^ for-of bounded only 3 keys are let through
      for (const [key, value] of Object.entries(both)) await db.prepare("UPDATE t SET a = 1").run();
                                                                ^^^^^^^ for-of bounded only 4 keys are let through
      for (const [key, value] of Object.entries(rest)) await db.prepare("UPDATE t SET a = 1").run();
                                                                ^^^^^^^ for-of per-element
      const handed = {};
      for (const key of KNOWN) if (KNOWN.includes(key)) handed[key] = 1;
      fill(handed);
      for (const key of Object.keys(handed)) await db.prepare("UPDATE t SET a = 1").run();
                                                      ^^^^^^^ for-of per-element
    `);
  });

  it("counts through a list that is short", () => {
    check(`
      const STEPS = [{ name: "a" }, { name: "b" }, { name: "c" }];
      for (let i = 0; i < STEPS.length; i++) await db.prepare("INSERT INTO t VALUES (?, ?)").bind(STEPS[i].name, i).run();
                                                      ^^^^^^^ for bounded it has at most 3 elements
      for (let i = 0; i < rows.length; i++) await db.prepare("INSERT INTO t VALUES (?, ?)").bind(rows[i].name, i).run();
                                                     ^^^^^^^ for per-element
      const { given } = body;
      if (given.length > 8) throw new Error("too many");
      for (let i = 0; i < given.length; i++) await db.prepare("INSERT INTO t VALUES (?, ?)").bind(given[i].name, i).run();
                                                      ^^^^^^^ for bounded it has at most 8 elements
    `);
  });

  it("goes over a list that was filled in a few turns", () => {
    check(`
      const months = [];
      for (let i = 5; i >= 0; i--) {
        const month = monthBefore(i);
        months.push(month);
      }
      await Promise.all(months.map((month) => db.prepare("SELECT count(*) FROM t WHERE month = ?").bind(month).first()));
                                                 ^^^^^^^ map bounded it has at most 6 elements
      const days = [];
      for (let i = 0; i < 31; i++) days.push(dayAfter(i));
      for (const day of days) await db.prepare("SELECT count(*) FROM t WHERE day = ?").bind(day).first();
                                       ^^^^^^^ for-of per-element
      const found = ["all"];
      for (const name of given) found.push(name);
      for (const name of found) await db.prepare("SELECT count(*) FROM t WHERE name = ?").bind(name).first();
                                         ^^^^^^^ for-of per-element
    `);
  });

  it("tries names until one is free", () => {
    check(`
      async function nameFor(names) {
        for (const name of names) {
          const taken = await db.prepare("SELECT id FROM users WHERE name = ?").bind(name).first();
                                 ^^^^^^^ for-of sequential it ends with the first that is free
          if (!taken) return name;
        }
      }
      let chosen = "";
      for (const name of names) {
        if (!(await db.prepare("SELECT id FROM users WHERE name = ?").bind(name).first())) { chosen = name; break; }
                       ^^^^^^^ for-of sequential it ends with the first that is free
      }
      async function check(ids) {
        for (const id of ids) {
          const role = await db.prepare("SELECT id FROM roles WHERE id = ?").bind(id).first();
                                ^^^^^^^ for-of per-element
          if (!role) return missing(id);
        }
      }
    `);
  });

  it("asks a database of its own in each turn", () => {
    check(`
      for (const shop of shops) {
        const db = env[shop.binding];
        const one = env[names[0]];
        await db.prepare("SELECT count(*) FROM orders").first();
                 ^^^^^^^ for-of bounded each turn asks a database of its own
        await one.prepare("SELECT count(*) FROM orders WHERE shop = ?").bind(shop.id).first();
                  ^^^^^^^ for-of per-element
      }
    `);
  });

  it("goes over a list that a schema keeps short", () => {
    check(`
      const Split = z.object({
        parts: z
          .array(z.object({ id: z.string().min(1) }))
          .min(2, "two")
          .max(4),
        lines: z.array(Line).max(200),
      });
      const { parts, lines } = Split.parse(body);
      for (const part of parts) await db.prepare("SELECT 1").first();
                                         ^^^^^^^ for-of bounded it has at most 4 elements
      for (const line of lines) await db.prepare("SELECT 1").first();
                                         ^^^^^^^ for-of per-element
    `);
  });

  it("is no few where the list grows, or where another loop is around it", () => {
    check(`
      const chosen = {};
      for (const [key, value] of Object.entries(body)) chosen[key] = value;
      for (const [key, value] of Object.entries(chosen)) await db.prepare("SELECT 1").first();
                                                                  ^^^^^^^ for-of per-element
      const kinds = ["a"];
      kinds.push(...more);
      for (const kind of kinds) await db.prepare("SELECT 1").first();
                                         ^^^^^^^ for-of per-element
      for (const user of users) for (const kind of ["a", "b"]) await db.prepare("SELECT 1").first();
                                                                        ^^^^^^^ for-of per-element
    `);
  });
});

describe("a function that goes over a list by calling itself", () => {
  it("is a loop", () => {
    check(`
      async function next(list, i) {
        if (i >= list.length) return;
        await db.prepare("UPDATE t SET a = 1 WHERE id = ?").bind(list[i]).run();
                 ^^^^^^^ recursion per-element
        await next(list, i + 1);
      }
      const drain = async (list) => {
        const [head, ...rest] = list;
        if (head === undefined) return [];
        return [await db.prepare("SELECT 1 WHERE 1 = ?").bind(head).first(), ...(await drain(rest))];
                         ^^^^^^^ recursion per-element
      };
    `);
  });

  it("is none where it goes over pages or a tree", () => {
    check(`
      async function page(n) {
        const rows = await db.prepare("SELECT 1 LIMIT 10 OFFSET ?").bind(n).all();
        return rows.length === 0 ? [] : [...rows, ...(await page(n + 1))];
      }
      async function children(id) {
        const rows = await db.prepare("SELECT id FROM t WHERE parent = ?").bind(id).all();
        return children(rows[0].id);
      }
    `);
  });
});
