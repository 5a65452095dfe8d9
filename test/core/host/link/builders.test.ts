import { checkSites } from "../../../support/linked";
import type { CallSite } from "../../../../src/core/host/call-site";

function label({ engine, executions, loop }: CallSite): string {
  return `${engine} ${executions[0]?.method ?? "-"} ${loop?.shape ?? "-"}`;
}

describe("calls of query builders", () => {
  it("are listed with their loops, whatever they write", () => {
    checkSites(
      `
      //- /db.ts
      import { drizzle } from "drizzle-orm/d1";
      export const orm = (c) => drizzle(c.env.DB);
      export type Orm = ReturnType<typeof orm>;
      //- /a.ts
      import { sql } from "drizzle-orm";
      import { orm } from "./db";
      const db = orm(c);
      const rows = await db.select().from(notes).where(eq(notes.a, 1));
                            ^^^^^^ builder all -
      for (const row of rows) {
        await orm(c).insert(copies).values(row).returning().get();
                     ^^^^^^ builder run per-element
        await db.query.users.findFirst({ where: eq(users.id, row.user) });
                             ^^^^^^^^^ builder all per-element
        await db.run(sql\`UPDATE notes SET a = \${row.a}\`);
                 ^^^ builder run per-element
        await db.get(sql.raw("SELECT 1"));
                 ^^^ builder all per-element
      }
      await db.batch(rows.map((row) => db.delete(notes).where(eq(notes.id, row.id))));
                                          ^^^^^^ builder run builds-batch
      export function store(orm: ReturnType<typeof drizzle>) {
        return { drop: async (ids) => { for (const id of ids) await orm.delete(notes).where(eq(notes.id, id)).run(); } };
                                                                        ^^^^^^ builder run per-element
      }
      import { drizzle } from "drizzle-orm/d1";
      import type { Kysely } from "kysely";
      export async function kinds(k: Kysely<Tables>) { return k.selectFrom("kinds").selectAll().execute(); }
                                                                ^^^^^^^^^^ builder all -
    `,
      label,
    );
  });

  it("are known by what the context of a request keeps, by the type of it, and as a transaction", () => {
    checkSites(
      `
      //- /middleware.ts
      import { drizzle } from "drizzle-orm/d1";
      export const database = async (c, next) => {
        c.set("db", drizzle(c.env.DB));
        await next();
      };
      //- /routes.ts
      import type { Context } from "hono";
      import type { Kysely } from "kysely";
      export async function store(c: Context, rows) {
        const db = c.get("db");
        for (const row of rows) await db.insert(notes).values(row);
                                         ^^^^^^ builder run per-element
        await db.transaction(async (tx) => {
          for (const row of rows) await tx.update(notes).set(row).where(eq(notes.id, row.id));
                                           ^^^^^^ builder run per-element
        });
        const other = c.get("other") as Kysely<Tables>;
        for (const row of rows) await other.insertInto("kinds").values(row).execute();
                                            ^^^^^^^^^^ builder run per-element
        const typed: Kysely<Tables> = c.get("typed");
        await typed.transaction().execute(async (trx) => {
          for (const row of rows) await trx.deleteFrom("kinds").where("id", "=", row.id).execute();
                                            ^^^^^^^^^^ builder run per-element
        });
      }
    `,
      label,
    );
  });

  it("find many rows in each turn, where the list is the turn's own", () => {
    checkSites(
      `
      import { drizzle } from "drizzle-orm/d1";
      import type { Kysely } from "kysely";
      export async function titles(groups, k: Kysely<Tables>) {
        const db = drizzle(env.DB);
        for (const [kind, ids] of groups) {
          await db.select().from(notes).where(inArray(notes.id, [...ids]));
                   ^^^^^^ builder all chunked
          await k.selectFrom("notes").select(["id"]).where("id", "in", ids).execute();
                  ^^^^^^^^^^ builder all chunked
          await db.select().from(notes).where(and(eq(notes.kind, kind), inArray(notes.state, ["new", "old"])));
                   ^^^^^^ builder all per-element
          await k.selectFrom("notes").where("kind", "=", kind).where("state", "in", states).execute();
                  ^^^^^^^^^^ builder all per-element
        }
      }
    `,
      label,
    );
  });

  it("insert many rows in each turn", () => {
    checkSites(
      `
      //- /a.ts
      import { drizzle } from "drizzle-orm/d1";
      const db = drizzle(env.DB);
      for (const order of orders) {
        await db.insert(lines).values(order.lines.map((line) => ({ order: order.id, line })));
                 ^^^^^^ builder run chunked
        const kept = order.tags.filter(Boolean);
        await db.insert(tags).values(kept);
                 ^^^^^^ builder run chunked
        await db.insert(copies).values({ id: order.id });
                 ^^^^^^ builder run per-element
      }
    `,
      label,
    );
  });

  it("are known by a name for the type of their database, here or elsewhere", () => {
    checkSites(
      `
      //- /db.ts
      import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
      export function orm(d1: D1Database) { return drizzle(d1); }
      export type Orm = ReturnType<typeof orm>;
      export type Own = DrizzleD1Database<typeof tables>;
      type Kept = Map<string, string>;
      export type { Kept };
      //- /a.ts
      import type { Kept, Orm, Own, orm } from "./db";
      type Db = ReturnType<typeof orm>;
      type Loop = Loop;
      export async function tidy(db: Db, rows: Row[]) {
        for (const row of rows) await db.update(notes).set({ a: row.a }).where(eq(notes.id, row.id));
                                         ^^^^^^ builder run per-element
      }
      export async function add(db: Orm, own: Own, row: Row, kept: Kept, loop: Loop) {
        await db.insert(notes).values(row);
                 ^^^^^^ builder run -
        await own.insert(notes).values(row);
                  ^^^^^^ builder run -
        kept.delete(row.id);
        await loop.insert(notes).values(row);
      }
    `,
      label,
    );
  });

  it("are not taken for those of sets, maps and other libraries", () => {
    checkSites(
      `
      //- /a.ts
      import { drizzle } from "drizzle-orm/postgres-js";
      const seen = new Set();
      for (const row of rows) {
        seen.delete(row);
        list.insert(row).values(1);
        await cache.delete(row.key);
        await drizzle(client).insert(notes).values(row);
      }
    `,
      label,
    );
  });
});
