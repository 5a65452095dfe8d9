import { checkLoopCalls as check, checkSites } from "../../../support/linked";
import type { CallSite } from "../../../../src/core/host/call-site";

function shape({ loop }: CallSite): string {
  return loop === undefined ? "-" : `${loop.shape}${loop.because === undefined ? "" : ` (${loop.because})`}`;
}

describe("what the whole project tells of a loop", () => {
  it("is that its list is short", () => {
    check(`
      //- /a.ts
      import { kinds, kindsOf, rows } from "./kinds";
      for (const kind of kinds) await count(kind);
                                      ^^^^^ count for-of bounded (it has at most 3 elements): 1 read, a.ts:6
      for (const kind of given ? [given] : kindsOf(1)) await count(kind);
                                                             ^^^^^ count for-of bounded (it has at most 4 elements): 1 read, a.ts:6
      await Promise.all(kindsOf(2).map((kind) => count(kind)));
                                                 ^^^^^ count map bounded (it has at most 4 elements): 1 read, a.ts:6
      for (const row of rows(4)) await count(row);
                                       ^^^^^ count for-of per-element: 1 read, a.ts:6
      const count = (kind) => env.DB.prepare("SELECT count(*) FROM notes WHERE kind = ?").bind(kind).first();
      //- /kinds.ts
      export const kinds = ["a", "b", "c"];
      const every = [...kinds, "d"];
      export function kindsOf(level) { return every.filter((kind) => kind > level).map((kind) => kind + "!"); }
      export function rows(n) {
        const found = [];
        for (let i = 0; i < n; i++) found.push(i);
        return found;
      }
    `);
  });

  it("is that each turn waits for another service first", () => {
    checkSites(
      `
      //- /a.ts
      import { rate } from "./model";
      for (const note of notes) {
        await env.DB.prepare("SELECT a FROM notes WHERE id = ?").bind(note.id).first();
                     ^^^^^^^ per-element
        const value = await rate(note);
        await env.DB.prepare("UPDATE notes SET rate = ? WHERE id = ?").bind(value, note.id).run();
                     ^^^^^^^ sequential (each turn waits for another service and works with what came of it)
      }
      for (const note of notes) await env.DB.prepare("UPDATE notes SET rate = 0 WHERE id = ?").bind(note.id).run();
                                             ^^^^^^^ per-element
      //- /model.ts
      export const rate = async (note) => Number(await ask(note.text));
      async function ask(text) { return (await fetch("https://model.example", { method: "POST", body: text })).text(); }
    `,
      shape,
    );
  });

  it("is not that a read waits too, which was known to come before", () => {
    checkSites(
      `
      //- /a.ts
      import { rate } from "./model";
      for (const note of notes) {
        const value = await rate(note);
        const old = await env.DB.prepare("SELECT rate FROM rates WHERE note = ?").bind(note.id).first();
                                 ^^^^^^^ per-element
        if (value > 3) await env.DB.prepare("SELECT 1 FROM stars WHERE note = ?").bind(note.id).first();
                                    ^^^^^^^ sequential (each turn waits for another service and works with what came of it)
        await env.DB.prepare("SELECT 1 FROM stars WHERE rate = ?").bind(value).first();
                     ^^^^^^^ sequential (each turn waits for another service and works with what came of it)
        await env.DB.prepare("UPDATE notes SET rated = 1 WHERE id = ?").bind(note.id).run();
                     ^^^^^^^ sequential (each turn waits for another service and works with what came of it)
      }
      //- /model.ts
      export const rate = async (note) => Number(await (await fetch("https://model.example/" + note.text)).text());
    `,
      shape,
    );
  });

  it("is not that one of several stores is a service", () => {
    check(`
      //- /a.ts
      interface Store { drop(key: string): Promise<void>; }
      class Tables implements Store {
        constructor(private db: D1Database) {}
        async drop(key: string) { await this.db.prepare("DELETE FROM kept WHERE key = ?").bind(key).run(); }
      }
      class Bucket implements Store {
        async drop(key: string) { await fetch("https://bucket.example/" + key, { method: "DELETE" }); }
      }
      export async function clear(store: Store, keys: string[]) {
        for (const key of keys) await store.drop(key);
                                            ^^^^ store.drop for-of per-element: 1 write, a.ts:4
      }
    `);
  });

  it("is that a turn reads by a function what it asks a service for, or again what the turns change", () => {
    check(`
      //- /a.ts
      for (const feed of feeds) {
        await fetchItems(feed, await cursorOf(feed.id));
                                     ^^^^^^^^ cursorOf for-of sequential (each turn reads what it asks another service for): 1 read, a.ts:12
        const counts = await Promise.all([fetch(feed.url), countOf(feed.id)]);
                                                           ^^^^^^^ countOf for-of sequential (each turn reads what it asks another service for): 1 read, a.ts:13
      }
      export async function follow(id, rules) {
        for (const rule of rules) {
          const fresh = await countOf(id);
                              ^^^^^^^ countOf for-of sequential (it reads again what the turns change): 1 read, a.ts:13
          await keep(id, rule, fresh);
                ^^^^ keep for-of per-element: 1 write, a.ts:14
        }
      }
      const fetchItems = (feed, cursor) => fetch(feed.url + cursor);
      const cursorOf = (id) => env.DB.prepare("SELECT at FROM cursors WHERE feed = ?").bind(id).first();
      const countOf = (id) => env.DB.prepare("SELECT count(*) AS n FROM items WHERE feed = ?").bind(id).first();
      const keep = (id, rule, n) => env.DB.prepare("INSERT INTO items VALUES (?, ?, ?)").bind(id, rule, n).run();
    `);
  });

  it("is that a turn keeps its distance for a service", () => {
    checkSites(
      `
      //- /a.ts
      for (let i = 0; i < notes.length; i++) {
        if (i > 0) await sleep(500);
        await env.DB.prepare("DELETE FROM summaries WHERE note = ?").bind(notes[i].id).run();
                     ^^^^^^^ sequential (its turns keep a distance, for the service that they ask)
        await summarize(notes[i]);
      }
      for (const note of notes) {
        await wait(20);
        await env.DB.prepare("UPDATE notes SET seen = 1 WHERE id = ?").bind(note.id).run();
                     ^^^^^^^ per-element
      }
      const summarize = (note) => fetch("https://model.example", { method: "POST", body: note.text });
    `,
      shape,
    );
  });

  it("is that its list is short wherever it comes from", () => {
    checkSites(
      `
      //- /a.ts
      import { topics, latest } from "./notes";
      const plans = { small: { rooms: ["a", "b"] }, large: { rooms: ["a", "b", "c"] } };
      export async function open(kind, request) {
        const plan = plans[kind] || plans.small;
        await fill(plan.rooms);
        await fillAll(plan.rooms);
        await fillAll(request.rooms);
        await topics({ about: kind, most: 3 });
        await topics({ about: kind });
        await days(7);
      }
      async function fill(rooms: Array<string>) {
        for (const room of rooms) await env.DB.prepare("INSERT INTO rooms (name) VALUES (?)").bind(room).run();
                                               ^^^^^^^ bounded (it has at most 3 elements)
      }
      async function fillAll(rooms: string[]) {
        for (const room of rooms) await env.DB.prepare("INSERT INTO rooms (name) VALUES (?)").bind(room).run();
                                               ^^^^^^^ per-element
      }
      async function days(count: number) {
        for (let i = 0; i < count; i++) await env.DB.prepare("SELECT count(*) FROM notes WHERE day = ?").bind(i).first();
                                                     ^^^^^^^ bounded (it turns at most 7 times)
      }
      for (const note of await latest(env.DB, 5)) await env.DB.prepare("SELECT 1 FROM tags WHERE note = ?").bind(note.id).first();
                                                               ^^^^^^^ bounded (it has at most 5 elements)
      for (const note of await latest(env.DB, wanted)) await env.DB.prepare("SELECT 1 FROM tags WHERE note = ?").bind(note.id).first();
                                                                    ^^^^^^^ per-element
      const near = await env.VECTORS.query(vector, { topK: 6, returnMetadata: true });
      for (const { id } of near.matches) await env.DB.prepare("SELECT * FROM notes WHERE id = ?").bind(id).first();
                                                      ^^^^^^^ bounded (it has at most 6 elements)
      //- /notes.ts
      export async function topics(input) {
        const found = (await find(input.about)).slice(0, input.most ?? (input.about === "all" ? 4 : 10));
        for (const topic of found) await env.DB.prepare("SELECT * FROM notes WHERE topic = ?").bind(topic).first();
                                                ^^^^^^^ bounded (it has at most 10 elements)
      }
      export async function latest(db, most) {
        const { results } = await db.prepare("SELECT id FROM notes ORDER BY id DESC LIMIT ?").bind(most).all();
                                     ^^^^^^^ -
        return results.map((row) => ({ id: row.id }));
      }
    `,
      shape,
    );
  });

  it("is that its list is short whatever it is set to", () => {
    checkSites(
      `
      //- /a.ts
      let due = [];
      try {
        const found = await env.DB.prepare("SELECT id FROM notes ORDER BY id LIMIT 5").all();
                                   ^^^^^^^ -
        due = found.results || [];
      } catch { return; }
      for (const note of due) await env.DB.prepare("DELETE FROM notes WHERE id = ?").bind(note.id).run();
                                           ^^^^^^^ bounded (it has at most 5 elements)
      let all = [];
      for (const page of pages) all = [...all, ...page.slice(0, 5)];
      for (const note of all) await env.DB.prepare("DELETE FROM notes WHERE id = ?").bind(note.id).run();
                                           ^^^^^^^ per-element
      let some = [];
      if (given) some = given.notes;
      for (const note of some) await env.DB.prepare("DELETE FROM notes WHERE id = ?").bind(note.id).run();
                                            ^^^^^^^ per-element
    `,
      shape,
    );
  });

  it("is not that one of several lists is short", () => {
    checkSites(
      `
      //- /a.ts
      let plan;
      try { plan = JSON.parse(text); } catch { plan = { steps: [{ name: "all" }] }; }
      for (const step of plan.steps) await env.DB.prepare("INSERT INTO steps VALUES (?)").bind(step.name).run();
                                                  ^^^^^^^ per-element
      for (let i = 0; i < plan.steps.length; i++) await env.DB.prepare("INSERT INTO steps VALUES (?, ?)").bind(i, plan.steps[i].name).run();
                                                               ^^^^^^^ per-element
      let own = { steps: [{ name: "none" }] };
      if (given) own = { steps: [{ name: "first" }, { name: "last" }] };
      for (const step of own.steps) await env.DB.prepare("INSERT INTO steps VALUES (?)").bind(step.name).run();
                                                 ^^^^^^^ bounded (it has at most 2 elements)
    `,
      shape,
    );
  });

  it("is that each turn asks a service by what it was handed", () => {
    checkSites(
      `
      //- /a.ts
      import { push } from "./push";
      for (const device of devices) {
        const gone = await push(device.token, { doFetch: fetch });
        if (gone) await env.DB.prepare("DELETE FROM devices WHERE token = ?").bind(device.token).run();
                               ^^^^^^^ sequential (each turn waits for another service and works with what came of it)
      }
      //- /push.ts
      export async function push(token, { doFetch }) {
        const answer = await doFetch("https://push.example/" + token, { method: "POST" });
        return answer.status === 410;
      }
    `,
      shape,
    );
  });

  it("is that a turn notes where it is, in the loop itself", () => {
    checkSites(
      `
      //- /a.ts
      for (const export_ of exports) {
        await env.DB.prepare("UPDATE exports SET state = 'running' WHERE id = ?").bind(export_.id).run();
                     ^^^^^^^ sequential (each turn is a job that notes where it is)
        await env.DB.prepare("INSERT INTO visits (id) VALUES (?)").bind(export_.id).run();
                     ^^^^^^^ per-element
        const answer = await fetch(export_.url);
        await env.DB.prepare("UPDATE exports SET state = ? WHERE id = ?").bind(answer.status, export_.id).run();
                     ^^^^^^^ sequential (each turn waits for another service and works with what came of it)
      }
    `,
      shape,
    );
    check(`
      //- /a.ts
      import * as log from "./log";
      for (const step of steps) {
        await log.begin(env.DB, step.id);
                  ^^^^^ log.begin for-of sequential (each turn is a job that notes where it is): 1 write, log.ts:1
        await env.AI.run(step.model, step);
        await log.end(env.DB, step.id);
                  ^^^ log.end for-of sequential (each turn waits for another service and works with what came of it): 1 write, log.ts:2
      }
      //- /log.ts
      export const begin = (db, id) => db.prepare("INSERT INTO runs (id) VALUES (?)").bind(id).run();
      export const end = (db, id) => db.prepare("UPDATE runs SET state = 'done' WHERE id = ?").bind(id).run();
    `);
  });

  it("is not that a turn notes where it is where another turn waits", () => {
    checkSites(
      `
      //- /a.ts
      for (const page of pages) {
        if (page.isFresh) {
          await env.DB.prepare("UPDATE pages SET seen = 1 WHERE id = ?").bind(page.id).run();
                       ^^^^^^^ per-element
        } else {
          const answer = await fetch(page.url);
          await env.DB.prepare("UPDATE pages SET state = ? WHERE id = ?").bind(answer.status, page.id).run();
                       ^^^^^^^ sequential (each turn waits for another service and works with what came of it)
        }
      }
    `,
      shape,
    );
  });

  it("is that each turn is a job, noted before and after a service is asked", () => {
    check(`
      //- /a.ts
      for (const feed of feeds) await refresh(feed);
                                      ^^^^^^^ refresh for-of sequential (each turn is a job that notes where it is): 2 write, a.ts:4
      for (const feed of feeds) await mark(feed);
                                      ^^^^ mark for-of per-element: 1 write, a.ts:10
      async function refresh(feed) {
        await env.DB.prepare("INSERT INTO runs (feed, state) VALUES (?, 'running')").bind(feed.id).run();
        const answer = await fetch(feed.url);
        const items = await answer.json();
        await env.DB.prepare("UPDATE runs SET state = 'done', items = ? WHERE feed = ?").bind(items.length, feed.id).run();
      }
      async function mark(feed) {
        await env.DB.prepare("UPDATE feeds SET announced = 1 WHERE id = ?").bind(feed.id).run();
        await env.MAIL.send(feed.address);
      }
      for (const shop of shops) {
        await this.stripe.subscriptions.cancel(shop.subscription);
        await mark(shop);
              ^^^^ mark for-of sequential (each turn waits for another service and works with what came of it): 1 write, a.ts:10
      }
    `);
  });

  it("is that each turn keeps what a service answered, by what it had read before", () => {
    check(`
      //- /a.ts
      for (const shop of shops) await bringUpToDate(shop);
                                      ^^^^^^^^^^^^^ bringUpToDate for-of sequential (each turn waits for another service and works with what came of it): 1 read, 2 write, a.ts:6
      for (const shop of shops) await bringToTheEnd(shop);
                                      ^^^^^^^^^^^^^ bringToTheEnd for-of per-element: 1 read, 2 write, a.ts:15
      async function bringUpToDate(shop) {
        const last = await env.DB.prepare("SELECT at FROM visits WHERE shop = ?").bind(shop.id).first();
        await prices(shop, last.at);
        await env.DB.prepare("DELETE FROM prices WHERE shop = ? AND gone = 1").bind(shop.id).run();
      }
      async function prices(shop, since) {
        const answer = await fetch(shop.url + "?since=" + since);
        await env.DB.prepare("INSERT INTO prices (shop, list) VALUES (?, ?)").bind(shop.id, await answer.text()).run();
      }
      async function bringToTheEnd(shop) {
        const last = await env.DB.prepare("SELECT at FROM visits WHERE shop = ?").bind(shop.id).first();
        await told(shop, last.at);
        await env.DB.prepare("DELETE FROM prices WHERE shop = ? AND gone = 1").bind(shop.id).run();
      }
      async function told(shop, since) {
        await env.DB.prepare("UPDATE shops SET seen = ? WHERE id = ?").bind(since, shop.id).run();
        await fetch(shop.url, { method: "POST" });
      }
    `);
  });

  it("is that a turn ends early that waits for a service otherwise, or stores a file", () => {
    checkSites(
      `
      //- /a.ts
      for (const letter of letters) {
        const held = await env.DB.prepare("SELECT 1 FROM holds WHERE id = ?").bind(letter.id).first();
                                  ^^^^^^^ per-element
        if (held) {
          await env.DB.prepare("UPDATE letters SET state = 'held' WHERE id = ?").bind(letter.id).run();
                       ^^^^^^^ sequential (it ends a turn that waits for another service otherwise)
          continue;
        }
        if (letter.draft) {
          await env.DB.prepare("UPDATE letters SET state = 'draft' WHERE id = ?").bind(letter.id).run();
                       ^^^^^^^ per-element
        }
        await env.MAIL.send(letter);
      }
      for (const letter of letters) {
        if (letter.old) {
          await env.DB.prepare("DELETE FROM letters WHERE id = ?").bind(letter.id).run();
                       ^^^^^^^ per-element
          continue;
        }
        kept.push(letter);
      }
      for (const photo of photos) {
        await env.MEDIA.put(photo.name, photo.body, { httpMetadata: { contentType: photo.type } });
        await env.DB.prepare("INSERT INTO photos (name) VALUES (?)").bind(photo.name).run();
                     ^^^^^^^ sequential (each turn waits for another service and works with what came of it)
      }
      for (const scan of scans) {
        await env.SCANS_BUCKET.put(scan.name, scan.body);
        await env.DB.prepare("INSERT INTO scans (name) VALUES (?)").bind(scan.name).run();
                     ^^^^^^^ sequential (each turn waits for another service and works with what came of it)
      }
    `,
      shape,
    );
  });

  it("is that each turn asks a table of its own, which a function is told", () => {
    check(`
      //- /a.ts
      for (const table of tables) await count(env.DB, table, "open");
                                        ^^^^^ count for-of bounded (each turn asks a table of its own): 1 read, a.ts:3
      for (const state of states) await count(env.DB, "orders", state);
                                        ^^^^^ count for-of per-element: 1 read, a.ts:3
      async function count(db, table, state) { return db.prepare(\`SELECT count(*) FROM \${table} WHERE state = ?\`).bind(state).first(); }
    `);
  });

  it("is that each turn sends a message, or asks a service, after it has read whom to", () => {
    check(`
      //- /a.ts
      for (const shift of shifts) await notifyStaff(shift);
                                        ^^^^^^^^^^^ notifyStaff for-of sequential (each turn sends a message of its own): 1 read, a.ts:4
      for (const shift of shifts) await refresh(shift);
                                        ^^^^^^^ refresh for-of sequential (each turn reads what it asks another service for): 1 read, a.ts:8
      async function notifyStaff(shift) {
        const staff = await env.DB.prepare("SELECT address FROM staff WHERE id = ?").bind(shift.staff).first();
        await env.MAIL.send(staff.address);
      }
      async function refresh(shift) {
        const staff = await env.DB.prepare("SELECT address FROM staff WHERE id = ?").bind(shift.staff).first();
        await fetch(staff.address);
      }
    `);
  });

  it("is that each turn handles an event from its read to its answer", () => {
    check(`
      //- /a.ts
      for (const event of events) await handleEvent(event);
                                        ^^^^^^^^^^^ handleEvent for-of sequential (each turn is a job of its own): 1 read, 1 write, a.ts:4
      async function handleEvent(event) {
        const order = await env.DB.prepare("SELECT * FROM orders WHERE code = ?").bind(event.code).first();
        await env.DB.prepare("UPDATE orders SET state = ? WHERE code = ?").bind(event.state, event.code).run();
        await fetch("https://chat.example/" + order.user, { method: "POST" });
      }
      for (const entry of entries) await handleEntry(entry);
                                         ^^^^^^^^^^^ handleEntry for-of sequential (each turn is a job of its own): 1 read, a.ts:9
      async function handleEntry(entry) {
        const hook = await env.DB.prepare("SELECT url FROM hooks WHERE kind = ?").bind(entry.kind).first();
        await fetch(hook.url, { method: "POST" });
      }
      for (const event of events) await handleState(event);
                                        ^^^^^^^^^^^ handleState for-of per-element: 1 write, a.ts:13
      const handleState = (event) => env.DB.prepare("UPDATE orders SET state = ? WHERE code = ?").bind(event.state, event.code).run();
    `);
  });

  it("is not that a turn starts what nobody waits for", () => {
    checkSites(
      `
      //- /a.ts
      for (const member of members) {
        remind(member).catch(() => {});
        await env.DB.prepare("UPDATE members SET reminded = 1 WHERE id = ?").bind(member.id).run();
                     ^^^^^^^ per-element
      }
      for (const member of members) {
        await remind(member);
        await env.DB.prepare("UPDATE members SET reminded = 1 WHERE id = ?").bind(member.id).run();
                     ^^^^^^^ sequential (each turn waits for another service and works with what came of it)
      }
      const remind = (member) => fetch(member.hook);
    `,
      shape,
    );
  });

  it("is that a turn goes on only where its row is new, or asks for what was kept", () => {
    check(`
      //- /a.ts
      for (const event of events) await apply(event);
                                        ^^^^^ apply for-of sequential (each turn counts only where its row is new): 2 write, a.ts:4
      for (const event of events) await add(event, await homeOf(event));
                                                         ^^^^^^ homeOf for-of bounded (what it gives is kept from the first turn on): 1 read, a.ts:12
                                        ^^^ add for-of per-element: 1 write, a.ts:16
      async function apply(event) {
        const inserted = await env.DB.prepare("INSERT OR IGNORE INTO events (id) VALUES (?)").bind(event.id).run();
        if (inserted.meta.changes === 0) return false;
        await env.DB.prepare("UPDATE totals SET points = points + ? WHERE user_id = ?").bind(event.points, event.user).run();
        return true;
      }
      let home;
      async function homeOf(event) {
        if (home != null) return home;
        const row = await env.DB.prepare("SELECT id FROM places WHERE name = 'home'").first();
        home = row.id;
        return home;
      }
      const add = (event, place) => env.DB.prepare("INSERT INTO visits (event, place) VALUES (?, ?)").bind(event.id, place).run();
    `);
  });

  it("is that an object keeps what it asked for", () => {
    check(`
      //- /a.ts
      import { Client } from "./client";
      const client = new Client(env.DB);
      for (const bill of bills) await client.get(bill.id);
                                             ^^^ client.get for-of bounded (what it gives is kept from the first turn on): 1 read, client.ts:4 > client.ts:9
      for (const bill of bills) await client.note(bill.id);
                                             ^^^^ client.note for-of per-element: 1 write, client.ts:14
      for (const bill of bills) {
        const own = new Client(env.DB);
        await own.get(bill.id);
                  ^^^ own.get for-of per-element: 1 read, client.ts:4 > client.ts:9
      }
      //- /client.ts
      export class Client {
        constructor(db) { this.db = db; }
        async get(id) {
          const token = await this.token();
          return fetch("https://bills.example/" + id, { headers: { token } });
        }
        async token() {
          if (this.kept && Date.now() < this.until) return this.kept;
          const row = await this.db.prepare("SELECT token FROM tokens").first();
          this.kept = row.token;
          return row.token;
        }
        async note(id) {
          return this.db.prepare("UPDATE bills SET token = ? WHERE id = ?").bind(await this.token(), id).run();
        }
      }
    `);
  });

  it("is that a function waits for a service after it has read, and writes after that", () => {
    check(`
      //- /a.ts
      for (const site of sites) await refresh(site);
                                      ^^^^^^^ refresh for-of sequential (each turn waits for another service and works with what came of it): 1 read, 1 write, a.ts:5 > a.ts:9 > a.ts:11
      for (const site of sites) await rate(site);
                                      ^^^^ rate for-of sequential (each turn waits for another service and works with what came of it): 1 write, a.ts:9 > a.ts:11
      async function refresh(site) {
        const row = await env.DB.prepare("SELECT * FROM sites WHERE id = ?").bind(site.id).first();
        await rate(row);
      }
      async function rate(row) {
        const answer = await fetch(row.url);
        return save(answer);
      }
      const save = (answer) => env.DB.prepare("UPDATE sites SET rank = ?").bind(answer.status).run();
    `);
  });

  it("is that it cleans up after a failure", () => {
    check(`
      //- /a.ts
      import { drop } from "./store";
      export async function save(notes) {
        try { await all(notes); } catch (error) { await undo(notes); throw error; }
      }
      async function undo(notes) {
        for (const note of notes) await drop(note);
                                        ^^^^ drop for-of sequential (it runs where something failed): 1 write, store.ts:1
      }
      async function all(notes) {
        for (const note of notes) await drop(note);
                                        ^^^^ drop for-of per-element: 1 write, store.ts:1
      }
      //- /store.ts
      export const drop = (note) => env.DB.prepare("DELETE FROM notes WHERE id = ?").bind(note.id).run();
    `);
  });
});

describe("what the code around a query tells of its loop", () => {
  it("is that names are tried until one is free, or a read is tried again", () => {
    checkSites(
      `
      //- /a.ts
      for (const row of rows) {
        for (let i = 2; i <= 6; i++) {
          const taken = await env.DB.prepare("SELECT 1 FROM notes WHERE slug = ?").bind(row.slug + i).first();
                                     ^^^^^^^ sequential (its end depends on what was read)
          if (!taken) break;
        }
      }
      for (const delay of delays) {
        await sleep(delay);
        const row = await env.DB.prepare("SELECT 1 FROM notes").first();
                                 ^^^^^^^ sequential (it is tried again until it succeeds)
        if (row !== null) return row;
      }
      for (const job of jobs) await env.DB.prepare("UPDATE jobs SET a = 1").run();
                                           ^^^^^^^ per-element
    `,
      shape,
    );
  });

  it("is that an array grows by a push of its own only", () => {
    checkSites(
      `
      //- /a.ts
      const stores = [first];
      if (second) stores.push(second);
      for (const store of stores) await env.DB.prepare("DELETE FROM notes WHERE store = ?").bind(store).run();
                                               ^^^^^^^ bounded (it has at most 2 elements)
      const many = [first];
      for (const one of given) many.push(one);
      for (const store of many) await env.DB.prepare("DELETE FROM notes WHERE store = ?").bind(store).run();
                                             ^^^^^^^ per-element
    `,
      shape,
    );
  });

  it("is that a turn sends what a loop within it collected", () => {
    checkSites(
      `
      //- /a.ts
      for (const tree of trees) {
        const insert = env.DB.prepare("INSERT INTO entries VALUES (?, ?)");
                              ^^^^^^^ chunked (each turn sends one batch)
        const batch = [];
        for (const entry of tree.entries) batch.push(insert.bind(tree.id, entry));
        await env.DB.batch(batch);
      }
    `,
      shape,
    );
  });

  it("is that the call watches over the loop, or claims what it works on", () => {
    checkSites(
      `
      //- /a.ts
      for (const item of items) {
        if (await env.DB.prepare("SELECT stop FROM jobs WHERE id = ?").bind(job.id).first()) return;
                         ^^^^^^^ sequential (it watches over the loop)
        if (await env.DB.prepare("SELECT 1 FROM items WHERE id = ?").bind(item.id).first()) return;
                         ^^^^^^^ per-element
        if (await env.DB.prepare("SELECT 1 FROM items WHERE id = ?").bind(item.id).first()) continue;
                         ^^^^^^^ per-element
      }
    `,
      shape,
    );
    check(`
      //- /a.ts
      for (const item of items) {
        const mine = await claimItem(item);
                           ^^^^^^^^^ claimItem for-of sequential (each turn claims its element for itself): 1 write, a.ts:6
        await updateProgress(job, item);
              ^^^^^^^^^^^^^^ updateProgress for-of sequential (it watches over the loop): 1 write, a.ts:7
        await claims(item);
              ^^^^^^ claims for-of per-element: 1 write, a.ts:8
      }
      const claimItem = (item) => env.DB.prepare("UPDATE items SET owner = ? WHERE id = ? AND owner IS NULL").bind(me, item.id).run();
      const updateProgress = (job, item) => env.DB.prepare("UPDATE jobs SET at = ? WHERE id = ?").bind(item.id, job.id).run();
      const claims = (item) => env.DB.prepare("INSERT INTO claims VALUES (?)").bind(item.id).run();
    `);
  });

  it("is that a turn sends what several turns collected, works through a job, or asks a table of its own", () => {
    checkSites(
      `
      //- /a.ts
      let pending = [];
      for (const row of rows) {
        pending.push(row);
        if (pending.length >= 100) {
          await env.DB.prepare("INSERT INTO notes SELECT value FROM json_each(?)").bind(JSON.stringify(pending)).run();
                       ^^^^^^^ chunked (it sends what several turns collected)
          pending = [];
        }
        if (row.tags.length > 0) await env.DB.prepare("INSERT INTO tags VALUES (?)").bind(row.tags[0]).run();
                                              ^^^^^^^ per-element
      }
      for (const mount of mounts) {
        await env.DB.prepare("UPDATE mounts SET state = 'busy' WHERE id = ?").bind(mount.id).run();
                     ^^^^^^^ sequential (each turn is a job of its own)
        while (mount.queue.length > 0) await env.DB.prepare("INSERT INTO entries VALUES (?)").bind(await read(mount.queue.pop())).run();
                                                    ^^^^^^^ per-element
      }
      for (const table of tables) {
        await env.DB.prepare(\`SELECT count(*) FROM "\${table}"\`).first();
                     ^^^^^^^ bounded (each turn asks a table of its own)
        await env.DB.prepare("SELECT count(*) FROM notes WHERE kind = ?").bind(table).first();
                     ^^^^^^^ per-element
      }
    `,
      shape,
    );
  });

  it("is that the list is checked, or limited, or that the first turn ends it", () => {
    checkSites(
      `
      //- /a.ts
      const { tags, names } = await request.json();
      if (tags.length > 10) throw new Error("too many");
      for (const tag of tags) await env.DB.prepare("INSERT INTO tags VALUES (?)").bind(tag).run();
                                           ^^^^^^^ bounded (it has at most 10 elements)
      if (names.length > 1000) throw new Error("too many");
      for (const name of names) await env.DB.prepare("INSERT INTO tags VALUES (?)").bind(name).run();
                                             ^^^^^^^ per-element
      const { results } = await env.DB.prepare("SELECT id FROM notes WHERE a = ? LIMIT 5").bind(1).all();
                                       ^^^^^^^ -
      for (const row of results) await env.DB.prepare("SELECT * FROM tags WHERE note = ?").bind(row.id).all();
                                              ^^^^^^^ bounded (it has at most 5 elements)
      const many = await env.DB.prepare("SELECT id FROM notes LIMIT 500").all();
                                ^^^^^^^ -
      for (const row of many.results) await env.DB.prepare("SELECT * FROM tags WHERE note = ?").bind(row.id).all();
                                                   ^^^^^^^ per-element
      const few = Math.max(1, Math.min(asked ?? 5, 10));
      const last = await env.DB.prepare(\`SELECT \${columns} FROM notes LIMIT ?\`).bind(few).all();
                                ^^^^^^^ -
      for (const row of last.results ?? []) await env.DB.prepare("SELECT * FROM tags WHERE note = ?").bind(row.id).all();
                                                         ^^^^^^^ bounded (it has at most 10 elements)
      for (const place of places) {
        if (!place.isOpen) continue;
        const found = await env.DB.prepare("SELECT * FROM seats WHERE place = ?").bind(place.id).all();
                                   ^^^^^^^ sequential (the loop ends after it)
        note(place);
        return answer(found);
      }
      for (const place of places) {
        const found = await env.DB.prepare("SELECT * FROM seats WHERE place = ?").bind(place.id).all();
                                   ^^^^^^^ per-element
        if (found.results.length > 0) continue;
        return answer(found);
      }
      for (const route of routes) {
        if (!route.test(url)) continue;
        return await env.DB.prepare("SELECT 1").first();
                            ^^^^^^^ sequential (the loop ends after it)
      }
    `,
      shape,
    );
  });

  it("is not that a chunk is sent, where each of its elements is", () => {
    checkSites(
      `
      //- /a.ts
      for (let i = 0; i < rows.length; i += 50) {
        const chunk = rows.slice(i, i + 50);
        await Promise.all(chunk.map((row) => env.DB.prepare("INSERT INTO notes VALUES (?)").bind(row).run()));
                                                    ^^^^^^^ per-element
        await env.DB.prepare("INSERT INTO notes SELECT value FROM json_each(?)").bind(JSON.stringify(chunk)).run();
                     ^^^^^^^ chunked (each turn takes a slice)
      }
      for (const group of groups) {
        for (let i = 0; i < group.ids.length; i += 50) {
          await env.DB.prepare("DELETE FROM notes WHERE id IN (SELECT value FROM json_each(?))").bind(JSON.stringify(group.ids.slice(i, i + 50))).run();
                       ^^^^^^^ chunked (each turn takes a slice)
        }
      }
    `,
      shape,
    );
  });

  it("is that one worker of several gets the element", () => {
    checkSites(
      `
      //- /a.ts
      for (const cart of carts) {
        const mine = await env.DB.prepare("UPDATE carts SET sent = 1 WHERE id = ? AND sent = 0").bind(cart.id).run();
                                  ^^^^^^^ sequential (each turn claims its element for itself)
        if (mine.meta.changes === 0) continue;
      }
      for (const job of waiting) {
        const got = await env.DB.prepare("UPDATE jobs SET worker = ? WHERE id = ? AND worker IS NULL").bind(name, job.id).run();
                                 ^^^^^^^ sequential (each turn claims its element for itself)
        if ((got as any)?.meta?.changes !== 1) continue;
        return job;
      }
      for (const cart of carts) {
        const done = await env.DB.prepare("DELETE FROM carts WHERE id = ?").bind(cart.id).run();
                                  ^^^^^^^ per-element
        if (done.meta.changes === 0) throw new Error("gone");
      }
    `,
      shape,
    );
  });

  it("is that it stands where something failed, is for one key, or sends a transaction of several", () => {
    checkSites(
      `
      //- /a.ts
      try { await all(); } catch (error) {
        for (const row of rows) await env.DB.prepare("INSERT INTO notes VALUES (?)").bind(row).run();
                                             ^^^^^^^ sequential (it runs where something failed)
      }
      for (const [key, value] of Object.entries(settings)) {
        if (key === "home") await env.DB.prepare("SELECT 1 FROM pages WHERE name = ?").bind(value).first();
                                         ^^^^^^^ bounded (it runs for one key)
        if (value === "home") await env.DB.prepare("SELECT 1 FROM pages WHERE name = ?").bind(value).first();
                                           ^^^^^^^ per-element
      }
      for (const table of existing) {
        if (table === "pages") await env.DB.prepare(\`SELECT count(*) FROM \${table}\`).first();
                                            ^^^^^^^ bounded (it runs for one element)
        if (table === "notes") await env.DB.prepare("SELECT 1 FROM notes WHERE by = ?").bind(user.id).first();
                                            ^^^^^^^ bounded (it runs for one element)
        if (table.name === "notes") await env.DB.prepare("SELECT 1 FROM notes WHERE by = ?").bind(table.by).first();
                                                 ^^^^^^^ per-element
      }
      for (const row of rows) {
        await env.DB.batch([env.DB.prepare("UPDATE a SET b = ?").bind(row), env.DB.prepare("INSERT INTO c VALUES (?)").bind(row)]);
                                   ^^^^^^^ per-element
                                                                                   ^^^^^^^ chunked (it is sent with the first of its batch)
      }
      for (const row of rows) {
        const owner = await findOwner(row);
        await env.DB.batch([env.DB.prepare("UPDATE a SET b = ?").bind(owner), env.DB.prepare("INSERT INTO c VALUES (?)").bind(row)]);
                                   ^^^^^^^ chunked (each turn sends one transaction)
                                                                                     ^^^^^^^ chunked (each turn sends one transaction)
      }
      for (const row of rows) {
        try {
          await env.DB.batch([env.DB.prepare("UPDATE a SET b = ?").bind(row), env.DB.prepare("INSERT INTO c VALUES (?)").bind(row)]);
                                     ^^^^^^^ chunked (each turn sends one transaction)
                                                                                     ^^^^^^^ chunked (each turn sends one transaction)
        } catch (error) {
          failed.push(row);
        }
      }
      for (const order of orders) {
        try {
          const list = [];
          list.push(env.DB.prepare("INSERT INTO a VALUES (?)").bind(order.id));
                           ^^^^^^^ chunked (it sends what several turns collected)
          list.push(env.DB.prepare("INSERT INTO c VALUES (?)").bind(order.at));
                           ^^^^^^^ chunked (it sends what several turns collected)
          if (list.length > 80) await env.DB.batch(list.slice(0, 80));
          await env.DB.batch(list.slice(80));
        } catch (error) {
          failed.push(order);
        }
      }
      for (const block of response.toolUseBlocks) await env.DB.prepare("SELECT 1 WHERE 1 = ?").bind(block.id).first();
                                                               ^^^^^^^ sequential (each turn does what a model asked for)
      for (const chunk of chunks) await env.DB.prepare("INSERT INTO texts VALUES (?)").bind(chunk.text).run();
                                               ^^^^^^^ per-element
    `,
      shape,
    );
  });

  it("is the loop around it, where its own turns out to be short", () => {
    checkSites(
      `
      //- /a.ts
      import { kinds } from "./kinds";
      for (const row of rows) for (const kind of kinds) await env.DB.prepare("INSERT INTO cards VALUES (?, ?)").bind(row, kind).run();
                                                                     ^^^^^^^ per-element
      //- /kinds.ts
      export const kinds = ["a", "b"];
    `,
      shape,
    );
  });
});
