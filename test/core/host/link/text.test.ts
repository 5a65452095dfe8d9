import { checkSites } from "../../../support/linked";

describe("a text that other files have a part in", () => {
  it("is an imported constant, by any way to export one", () => {
    checkSites(`
      //- /a.ts
      import { LIST, byId as one, SQL } from "./queries";
      import whole, * as all from "./queries.js";
      import { AGAIN } from "./barrel";
      env.DB.prepare(LIST);
             ^^^^^^^ SELECT 1
      env.DB.prepare(one);
             ^^^^^^^ SELECT 2
      env.DB.prepare(SQL.notes.find);
             ^^^^^^^ SELECT 3
      env.DB.prepare(whole);
             ^^^^^^^ SELECT 4
      env.DB.prepare(all.LIST);
             ^^^^^^^ SELECT 1
      env.DB.prepare(AGAIN);
             ^^^^^^^ SELECT 1
      //- /queries.ts
      export const LIST = "SELECT 1";
      const byId = "SELECT 2";
      export { byId };
      export const SQL = { notes: { find: "SELECT 3" } } as const;
      export default "SELECT 4";
      //- /barrel/index.ts
      export * from "./more";
      //- /barrel/more.ts
      export { LIST as AGAIN } from "../queries";
    `);
  });

  it("is one of CommonJS", () => {
    checkSites(`
      //- /a.js
      const { LIST } = require("./queries");
      const queries = require("./queries.js");
      const other = require("./other");
      db.prepare(LIST);
         ^^^^^^^ SELECT 1
      db.prepare(queries.COUNT);
         ^^^^^^^ SELECT 2
      db.prepare(other.ONE);
         ^^^^^^^ SELECT 3
      //- /queries.js
      const COUNT = "SELECT 2";
      module.exports = { LIST: "SELECT 1", COUNT };
      //- /other.js
      exports.ONE = "SELECT 3";
    `);
  });

  it("has names from constant maps and enums", () => {
    checkSites(`
      //- /a.ts
      import { Tables, Kind } from "@/tables";
      env.DB.prepare(\`SELECT * FROM \${Tables.NOTES} WHERE kind = '\${Kind.Open}'\`);
             ^^^^^^^ SELECT * FROM notes WHERE kind = 'open'
      //- /src/tables.ts
      export const Tables = Object.freeze({ NOTES: "notes" });
      export enum Kind { Open = "open" }
      //- /tsconfig.json
      { "compilerOptions": { /* as the bundler has it */ "baseUrl": ".", "paths": { "@/*": ["src/*"], } } }
    `);
  });

  it("is what a function makes of its arguments", () => {
    checkSites(`
      //- /a.ts
      import { paginate, listQuery, condition } from "./build";
      env.DB.prepare(paginate("SELECT * FROM notes"));
             ^^^^^^^ SELECT * FROM notes LIMIT ? OFFSET ?
      const { sql, params } = listQuery(filters);
      env.DB.prepare(sql).bind(...params);
             ^^^^^^^ SELECT * FROM notes | SELECT * FROM notes WHERE a = ? AND b = ? | SELECT * FROM notes WHERE a = ? | SELECT * FROM notes WHERE b = ?
      env.DB.prepare(\`SELECT * FROM notes n WHERE \${condition("n")}\`);
             ^^^^^^^ SELECT * FROM notes n WHERE n.done = 0
      //- /build.ts
      export function paginate(sql: string, size = 10) { return \`\${sql} LIMIT ? OFFSET ?\`; }
      export const condition = (alias: string) => alias + ".done = 0";
      export function listQuery({ a, b }: Filters) {
        const where: string[] = [];
        if (a) where.push("a = ?");
        if (b) where.push("b = ?");
        return { sql: "SELECT * FROM notes" + (where.length ? " WHERE " + where.join(" AND ") : ""), params: [] };
      }
    `);
  });

  it("is each row of a table in another file", () => {
    checkSites(`
      //- /a.ts
      import { STEPS } from "./steps";
      for (const step of STEPS) env.DB.prepare(\`DELETE FROM \${step.table} WHERE \${step.key} = ?\`);
                                       ^^^^^^^ DELETE FROM b WHERE y = ? | DELETE FROM a WHERE x = ?
      //- /steps.ts
      export const STEPS = [{ table: "a", key: "x" }, { table: "b", key: "y" }];
    `);
  });

  it("has the fields of the class, or of those that extend it", () => {
    checkSites(`
      //- /base.ts
      export abstract class Base {
        constructor(protected db: D1Database, private readonly table: string) {}
        all() { return this.db.prepare(\`SELECT * FROM \${this.table} ORDER BY \${this.order}\`).all(); }
                               ^^^^^^^ SELECT * FROM tags ORDER BY name | SELECT * FROM notes ORDER BY id
      }
      //- /notes.ts
      import { Base } from "./base";
      export class Notes extends Base {
        order = "id";
        constructor(db: D1Database) { super(db, "notes"); }
      }
      export class Tags extends Base {
        constructor(db: D1Database) { super(db, "tags"); this.order = "name"; }
      }
    `);
  });

  it("has what an interface is implemented by", () => {
    checkSites(`
      //- /a.ts
      import type { Dialect } from "./dialect";
      export const add = (db: D1Database, dialect: Dialect) => db.prepare(dialect.insert("notes (id) VALUES (?)")).run();
                                                                  ^^^^^^^ INSERT OR IGNORE INTO notes (id) VALUES (?)
      //- /dialect.ts
      export interface Dialect { insert(into: string): string }
      export const sqlite: Dialect = { insert(into) { return "INSERT OR IGNORE INTO " + into; } };
    `);
  });

  it("has all that callers hand in where the statement stands in the function", () => {
    checkSites(`
      //- /store.ts
      export const byId = (db: D1Database, table: string, id: number) => db.prepare(\`SELECT * FROM \${table} WHERE id = ?\`).bind(id).first();
                                                                            ^^^^^^^ SELECT * FROM tags WHERE id = ? | SELECT * FROM notes WHERE id = ?
      //- /a.ts
      import { byId } from "./store";
      await byId(env.DB, "notes", 1);
      await byId(env.DB, "tags", 1);
    `);
  });

  it("stays unknown where nobody tells, and ends where it is made of itself", () => {
    checkSites(`
      //- /a.ts
      import { LOOP } from "./b";
      import { gone } from "./gone";
      env.DB.prepare(LOOP);
             ^^^^^^^ unresolved
      env.DB.prepare(\`SELECT * FROM \${gone}\`);
             ^^^^^^^ partial SELECT * FROM ‹identifier›
      env.DB.prepare(again(1));
             ^^^^^^^ unresolved
      function again(n) { return again(n + 1); }
      //- /b.ts
      export { LOOP } from "./c";
      //- /c.ts
      export { LOOP } from "./b";
    `);
  });
});
