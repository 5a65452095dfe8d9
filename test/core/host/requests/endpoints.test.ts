import { checkEndpoints } from "../../../support/served";

describe("endpoints", () => {
  it("are the files of Pages Functions, with the middleware of their folders", () => {
    checkEndpoints(
      `
      //- /functions/api/_middleware.js
      export const onRequest = [async ({ env, next }) => {
        await env.DB.prepare("SELECT * FROM sessions").first();
        return next();
      }];
      //- /functions/api/notes/[id].js
      import { find } from "../../../lib/notes";
      export const onRequestGet = ({ env, params }) => find(env.DB, params.id);
      export async function onRequestPost({ env }) { await env.DB.prepare("INSERT INTO notes DEFAULT VALUES").run(); }
      //- /functions/files/[[path]].js
      export const onRequest = ({ env }) => env.DB.prepare("SELECT * FROM files").all();
      //- /lib/notes.js
      export const find = (db, id) => db.prepare("SELECT * FROM notes WHERE id = ?").bind(id).first();
    `,
      [
        "GET /api/notes/:id functions/api/notes/[id].js:2: functions/api/_middleware.js:2, lib/notes.js:1",
        "POST /api/notes/:id functions/api/notes/[id].js:3: functions/api/_middleware.js:2, functions/api/notes/[id].js:3",
        "ANY /files/* functions/files/[[path]].js:1: functions/files/[[path]].js:1",
      ],
    );
  });

  it("are the routes of routers, with the prefixes that they are mounted under", () => {
    checkEndpoints(
      `
      //- /index.ts
      import { Hono } from "hono";
      import notes from "./notes";
      const app = new Hono();
      app.use("/api/*", async (c, next) => { await c.env.DB.prepare("SELECT * FROM users").first(); await next(); });
      app.route("/api/notes", notes);
      app.get("/health", (c) => c.env.DB.prepare("SELECT 1").first());
      export default { fetch: app.fetch, scheduled: async (event, env) => { await env.DB.prepare("DELETE FROM old").run(); } };
      //- /notes.ts
      import { Hono } from "hono";
      const router = new Hono();
      const check = async (c, next) => { await c.env.DB.prepare("SELECT * FROM rights").first(); await next(); };
      router.get("/", check, list).delete("/:id", async (c) => { await c.env.DB.prepare("DELETE FROM notes").run(); });
      async function list(c) { return c.json(await c.env.DB.prepare("SELECT * FROM notes").all()); }
      export default router;
    `,
      [
        "GET /health index.ts:6: index.ts:6",
        "scheduled index.ts:7: index.ts:7",
        "GET /api/notes notes.ts:4: index.ts:4, notes.ts:3, notes.ts:5",
        "DELETE /api/notes/:id notes.ts:4: index.ts:4, notes.ts:4",
      ],
    );
  });

  it("are workers, listeners, objects, and what nobody calls", () => {
    checkEndpoints(
      `
      //- /worker.ts
      export default { async fetch(request, env) { return handle(env); }, async queue(batch, env) { await env.DB.prepare("INSERT INTO q DEFAULT VALUES").run(); } };
      async function handle(env) { return env.DB.prepare("SELECT * FROM a").all(); }
      export async function forgotten(env) { return env.DB.prepare("SELECT * FROM b").all(); }
      export class Room extends DurableObject {
        async join() { await this.env.DB.prepare("UPDATE rooms SET n = 1").run(); }
      }
      //- /old.js
      addEventListener("fetch", (event) => event.respondWith(answer(event)));
      const answer = async () => DB.prepare("SELECT * FROM c").all();
      //- /scripts/fill.js
      export const fill = (db) => db.prepare("SELECT * FROM d").all();
      //- /src/pages/api/rows/[id].ts
      export const GET = async ({ locals }) => locals.runtime.env.DB.prepare("SELECT * FROM e").all();
    `,
      [
        "ANY worker.ts:1: worker.ts:2",
        "queue worker.ts:1: worker.ts:1",
        "other worker.ts:3: worker.ts:3",
        "other worker.ts:5: worker.ts:5",
        "ANY old.js:1: old.js:2",
        "GET /api/rows/:id src/pages/api/rows/[id].ts:1: src/pages/api/rows/[id].ts:1",
      ],
    );
  });

  it("go through what wraps a handler, and through functions that call themselves", () => {
    checkEndpoints(
      `
      //- /functions/a.js
      import { withUser } from "../lib/auth";
      export const onRequestGet = withUser(async ({ env }) => walk(env.DB, 1));
      async function walk(db, id) {
        const row = await db.prepare("SELECT * FROM tree WHERE id = ?").bind(id).first();
        return row ? walk(db, row.parent) : id;
      }
      //- /lib/auth.js
      export const withUser = (handler) => async (context) => {
        await context.env.DB.prepare("SELECT * FROM users").first();
        return handler(context);
      };
    `,
      ["GET /a functions/a.js:2: functions/a.js:4, lib/auth.js:2"],
    );
  });
});
