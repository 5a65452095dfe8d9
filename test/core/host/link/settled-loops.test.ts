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
        await new Promise((done) => setTimeout(done, delay));
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
});
