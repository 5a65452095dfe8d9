import type { CallSite } from "../../../../src/core/host/call-site";
import { checkSites } from "../../../support/linked";

const label = (site: CallSite): string => [site.engine, site.binding ?? ""].filter((part) => part !== "").join(" ");

function check(source: string): void {
  checkSites(source, label);
}

describe("the engine of a query", () => {
  it("is D1 for bindings and their types", () => {
    check(`
      env.DB.prepare("SELECT 1");
             ^^^^^^^ d1 DB
      c.env.DB.withSession("first-primary").prepare("SELECT 1");
                                            ^^^^^^^ d1 DB
      const one = (db: D1Database) => db.prepare("SELECT 1");
                                         ^^^^^^^ d1
      class Store { #db: D1Database; all() { return this.#db.prepare("SELECT 1"); } }
                                                             ^^^^^^^ d1
    `);
  });

  it("is told by the callers", () => {
    check(`
      //- /a.js
      export const one = (db) => db.prepare("SELECT 1").first();
                                    ^^^^^^^ d1 NOTES
      //- /b.js
      import { one } from "./a";
      one(context.env.NOTES);
    `);
  });

  it("is told by the import", () => {
    check(`
      //- /a.ts
      import Database from "better-sqlite3";
      import { DatabaseSync } from "node:sqlite";
      import { createClient } from "@libsql/client";
      import { Pool } from "pg";
      const file = new Database("x.db");
      file.prepare("SELECT 1");
           ^^^^^^^ sqlite
      new DatabaseSync(":memory:").exec("SELECT 1");
                                   ^^^^ sqlite
      const turso = createClient({ url });
      await turso.execute("SELECT 1");
                  ^^^^^^^ libsql
      await turso.execute({ sql: "SELECT ?", args: [1] });
                  ^^^^^^^ libsql
      const pool = new Pool();
      await pool.query("SELECT now()");
                 ^^^^^ foreign
      await thing.execute("SELECT 1"); await thing.query("SELECT 1");
    `);
  });

  it("is a Durable Object's own", () => {
    check(`
      //- /a.ts
      export class Room extends DurableObject {
        sql = this.ctx.storage.sql;
        constructor(state, env) { super(state, env); state.storage.sql.exec("SELECT 1"); }
                                                                       ^^^^ durable-object
        all() { return this.sql.exec("SELECT 1").toArray(); }
                                ^^^^ durable-object
      }
    `);
  });
});
