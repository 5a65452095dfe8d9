import assert from "node:assert/strict";
import { readProject } from "../../src/workspace/project";
import { databasesOf, folderOf, problemsOf, removeFolders } from "./folder";

async function databases(fixture: string): Promise<string[]> {
  const snapshot = await readProject(await folderOf(fixture));
  assert.deepEqual(problemsOf(snapshot), []);
  return databasesOf(snapshot);
}

async function problems(fixture: string): Promise<string[]> {
  return problemsOf(await readProject(await folderOf(fixture)));
}

const note = "CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT);";

describe("databases", () => {
  after(removeFolders);

  describe("from wrangler files", () => {
    it("reads each of the three formats, with comments, in any folder", async () => {
      assert.deepEqual(
        await databases(`
          //- /wrangler.jsonc
          { // the shop
            "d1_databases": [{ "binding": "SHOP", "database_id": "x", }], /* one */
          }
          //- /migrations/0001_shop.sql
          ${note}
          //- /apps/blog/wrangler.toml
          [[d1_databases]]
          binding = "BLOG"          # the blog
          migrations_dir = "db/changes"
          //- /apps/blog/db/changes/1.sql
          ${note}
          //- /apps/cron/wrangler.json
          { "d1_databases": [{ "binding": "CRON", "migrations_dir": "../../migrations" }] }
        `),
        ["SHOP: migrations [0001_shop.sql] base []", "BLOG: apps/blog/db/changes [1.sql] base []", "CRON: migrations [0001_shop.sql] base []"],
      );
    });

    it("takes environments with the same binding and folder for one database, others for their own", async () => {
      assert.deepEqual(
        await databases(`
          //- /wrangler.toml
          [[d1_databases]]
          binding = "DB"
          database_id = "live"

          [env.preview]
          [[env.preview.d1_databases]]
          binding = "DB"
          database_id = "preview"

          [[env.preview.d1_databases]]
          binding = "LOGS"
          migrations_dir = "logs"
          //- /migrations/0001_a.sql
          ${note}
          //- /logs/0001_b.sql
          ${note}
        `),
        ["DB: migrations [0001_a.sql] base []", "LOGS: logs [0001_b.sql] base []"],
      );
    });

    it("names the local database after the preview id, the id, or the binding", async () => {
      const snapshot = await readProject(
        await folderOf(`
          //- /wrangler.toml
          [[d1_databases]]
          binding = "A"
          database_id = "live"
          preview_database_id = "local"
          [[d1_databases]]
          binding = "B"
          database_id = "live-b"
          [[d1_databases]]
          binding = "C"
        `),
      );
      assert.deepEqual(snapshot.databases.map((one) => one.localId), ["local", "live-b", "C"]);
    });

    it("takes top-level files only, in wrangler's order, and no hidden ones", async () => {
      assert.deepEqual(
        await databases(`
          //- /wrangler.toml
          [[d1_databases]]
          binding = "DB"
          //- /migrations/10_c.sql
          ${note}
          //- /migrations/9_b.sql
          ${note}
          //- /migrations/9_b.down.sql
          DROP TABLE note;
          //- /migrations/seed.sql
          ${note}
          //- /migrations/.draft.sql
          ${note}
          //- /migrations/rollbacks/9_b.down.sql
          DROP TABLE note;
          //- /migrations/readme.md
          Read me
        `),
        // The rollback beside them too, of which `not-a-migration` tells.
        ["DB: migrations [9_b.down.sql 9_b.sql 10_c.sql seed.sql] base []"],
      );
    });

    it("finds what inserts the first rows beside the migrations, but no tests and nothing of another engine", async () => {
      const seed = "INSERT INTO note (id) VALUES (1);";
      assert.deepEqual(
        await databases(`
          //- /wrangler.toml
          [[d1_databases]]
          binding = "DB"
          //- /migrations/1_a.sql
          ${note}
          //- /seed.sql
          ${seed}
          //- /db/seeds/notes.sql
          ${seed}
          //- /db/notes.seed.sql
          -- nothing yet
          //- /db/reseeding.sql
          ${seed}
          //- /test/seed.sql
          ${seed}
          //- /postgres/seed.sql
          ${seed}
        `),
        ["DB: migrations [1_a.sql] base [] seeds [seed.sql db/seeds/notes.sql]"],
      );
    });

    it("follows a pattern, leaving rollbacks out", async () => {
      assert.deepEqual(
        await databases(`
          //- /wrangler.jsonc
          { "d1_databases": [{ "binding": "DB", "migrations_dir": "./drizzle", "migrations_pattern": "./drizzle/*/migration.sql" },
                             { "binding": "ALL", "migrations_dir": "all", "migrations_pattern": "all/**/*.sql" }] }
          //- /drizzle/0002_b/migration.sql
          ${note}
          //- /drizzle/0001_a/migration.sql
          ${note}
          //- /drizzle/0001_a/notes.sql
          ${note}
          //- /all/2/x.sql
          ${note}
          //- /all/1.sql
          ${note}
          //- /all-rollbacks/1.down.sql
          DROP TABLE note;
        `),
        ["DB: drizzle [0001_a/migration.sql 0002_b/migration.sql] base []", "ALL: all [1.sql 2/x.sql] base []"],
      );
    });

    it("reads a folder per migration without a pattern too", async () => {
      assert.deepEqual(
        await databases(`
          //- /wrangler.toml
          [[d1_databases]]
          binding = "DB"
          //- /migrations/0001_a/migration.sql
          ${note}
        `),
        ["DB: migrations [0001_a/migration.sql] base []"],
      );
    });

    it("reads migrations that git ignores, and those above the folder", async () => {
      const folder = await folderOf(`
        //- /migrations/0001_a.sql
        ${note}
        //- /web/.gitignore
        generated/
        wrangler.toml
        //- /web/wrangler.toml
        [[d1_databases]]
        binding = "UP"
        migrations_dir = "../migrations"
        [[d1_databases]]
        binding = "GENERATED"
        migrations_dir = "generated"
        //- /web/generated/0001_b.sql
        ${note}
      `);
      const snapshot = await readProject(`${folder}/web`);
      assert.deepEqual(problemsOf(snapshot), []);
      assert.deepEqual(databasesOf(snapshot), ["UP: ../migrations [0001_a.sql] base []", "GENERATED: generated [0001_b.sql] base []"]);
      assert.ok(snapshot.files.has("../migrations/0001_a.sql"));
    });

    it("finds the migrations of a package that the repository itself holds", async () => {
      assert.deepEqual(
        await databases(`
          //- /packages/core/package.json
          { "name": "@shop/core" }
          //- /packages/core/migrations/001_a.sql
          ${note}
          //- /starter/wrangler.toml
          [[d1_databases]]
          binding = "DB"
          migrations_dir = "./node_modules/@shop/core/migrations"
        `),
        ["DB: packages/core/migrations [001_a.sql] base []"],
      );
    });

    it("gives two workers on the same database the same migrations", async () => {
      assert.deepEqual(
        await databases(`
          //- /api/wrangler.toml
          [[d1_databases]]
          binding = "DB"
          database_id = "0f0e0d0c-1111-4222-8333-444455556666"
          //- /api/migrations/1_a.sql
          ${note}
          //- /cron/wrangler.toml
          [[d1_databases]]
          binding = "DATA"
          database_id = "0f0e0d0c-1111-4222-8333-444455556666"
        `),
        ["DB: api/migrations [1_a.sql] base []", "DATA: api/migrations [1_a.sql] base []"],
      );
    });

    it("gives two workers on the same database the same base schema, by the ids of all environments", async () => {
      assert.deepEqual(
        await databases(`
          //- /api/wrangler.json
          { "d1_databases": [{ "binding": "DB", "database_id": "11111111-aaaa-4aaa-8aaa-111111111111" }] }
          //- /api/schema.sql
          ${note}
          //- /shop/wrangler.json
          { "env": {
            "west": { "d1_databases": [{ "binding": "DB", "database_id": "22222222-aaaa-4aaa-8aaa-222222222222" }] },
            "east": { "d1_databases": [{ "binding": "DB", "database_id": "33333333-aaaa-4aaa-8aaa-333333333333" }] }
          } }
          //- /shop/schema.sql
          ${note}
          //- /board/wrangler.json
          { "d1_databases": [
            { "binding": "WEST", "database_id": "22222222-aaaa-4aaa-8aaa-222222222222" },
            { "binding": "EAST", "database_id": "33333333-aaaa-4aaa-8aaa-333333333333" },
            { "binding": "API", "database_id": "11111111-aaaa-4aaa-8aaa-111111111111" }
          ] }
        `),
        [
          "DB: api/migrations [] base [api/schema.sql shop/schema.sql]",
          "WEST: board/migrations [] base [shop/schema.sql api/schema.sql]",
          "EAST: board/migrations [] base [shop/schema.sql api/schema.sql]",
          "API: board/migrations [] base [api/schema.sql shop/schema.sql]",
          "DB: shop/migrations [] base [shop/schema.sql api/schema.sql]",
        ],
      );
    });

    it("adopts a folder that looks like the migrations where the default one is empty", async () => {
      assert.deepEqual(
        await databases(`
          //- /wrangler.toml
          [[d1_databases]]
          binding = "DB"
          //- /drizzle/0000_a.sql
          ${note}
          //- /drizzle/meta/_journal.json
          { "dialect": "sqlite" }
        `),
        ["DB: drizzle [0000_a.sql] base []"],
      );
    });

    it("reads an example only where there is no file of its own", async () => {
      assert.deepEqual(
        await databases(`
          //- /wrangler.toml.example
          [[d1_databases]]
          binding = "DB"
          database_id = "YOUR_ID"
          migrations_dir = "drizzle"
          //- /drizzle/0000_a.sql
          ${note}
          //- /worker/wrangler.toml
          [[d1_databases]]
          binding = "MAIN"
          //- /worker/wrangler.staging.toml
          [[d1_databases]]
          binding = "STAGING"
          //- /worker/migrations/1.sql
          ${note}
          //- /e2e/wrangler.e2e.toml
          [[d1_databases]]
          binding = "TEST"
        `),
        ["DB: drizzle [0000_a.sql] base []", "MAIN: worker/migrations [1.sql] base []"],
      );
    });
  });

  describe("problems in wrangler files", () => {
    it("marks a declared folder that is missing, not a default one", async () => {
      assert.deepEqual(
        await problems(`
          //- /wrangler.toml
          [[d1_databases]]
          binding = "DB"

          [[d1_databases]]
          binding = "LOGS"
          migrations_dir = "./logs" # later
          //- /b/wrangler.json
          { "d1_databases": [{ "binding": "X" }, { "binding": "Y", "migrations_dir": "nowhere" }] }
          //- /c/wrangler.toml
          [[d1_databases]]
          binding = "DB"
          migrations_dir = "node_modules/elsewhere/migrations"
        `),
        [
          'warning wrangler.toml ‹"./logs"› `migrations_dir` names the folder `logs`, which does not exist: create it or mend the path',
          'warning b/wrangler.json ‹"nowhere"› `migrations_dir` names the folder `b/nowhere`, which does not exist: create it or mend the path',
        ],
      );
    });

    it("reads the other files when one is broken", async () => {
      const snapshot = await readProject(
        await folderOf(`
          //- /a/wrangler.toml
          [[d1_databases]]
          binding = "A
          //- /b/wrangler.jsonc
          { "d1_databases": [ { "binding": "B" ] }
          //- /c/wrangler.json
          { "d1_databases": [ { "binding": "C" } ] }
          //- /d/wrangler.json
          []
          //- /e/wrangler.json
        `),
      );
      assert.deepEqual(snapshot.databases.map((one) => one.binding), ["B", "C"]);
      assert.deepEqual(
        problemsOf(snapshot).map((problem) => problem.split("(")[0]),
        ["a", "b", "d", "e"].map((dir) => {
          const name = { a: "wrangler.toml", b: "wrangler.jsonc" }[dir] ?? "wrangler.json";
          const marked = { a: "\n", b: "]", d: "[]", e: "" }[dir];
          return `error ${dir}/${name} ‹${marked}› \`${name}\` cannot be read `;
        }),
      );
    });

    it("marks rollbacks that wrangler would run", async () => {
      assert.deepEqual(
        await problems(`
          //- /wrangler.jsonc
          { "d1_databases": [{ "binding": "DB" }, { "binding": "ALL", "migrations_dir": "all", "migrations_pattern": "all/**/*.sql" }] }
          //- /migrations/1.sql
          ${note}
          //- /migrations/rollbacks/1.down.sql
          DROP TABLE note;
          //- /migrations/undo/1.down.sql
          DROP TABLE note;
          //- /all/1.sql
          ${note}
          //- /all/rollbacks/1.down.sql
          DROP TABLE note;
        `),
        ["warning all/rollbacks/1.down.sql ‹› wrangler runs the rollback `1.down.sql` as a migration, since `migrations_pattern` matches it: move it to `all-rollbacks`"],
      );
      assert.deepEqual(
        await problems(`
          //- /wrangler.toml
          [[d1_databases]]
          binding = "DB"
          //- /plumbline.json
          { "rollbacks": "migrations" }
          //- /migrations/1.sql
          ${note}
          //- /migrations/1.down.sql
          DROP TABLE note;
        `),
        ["warning migrations/1.down.sql ‹› wrangler runs the rollback `1.down.sql` as a migration, since it lies in `migrations`: move it to `migrations/rollbacks`"],
      );
    });

    it("marks what wrangler would refuse", async () => {
      assert.deepEqual(
        await problems(`
          //- /wrangler.jsonc
          { "d1_databases": [
            { "binding": 7 },
            { "database_name": "x" },
            "DB",
            { "binding": "OK", "migrations_dir": 3 },
            { "binding": "P", "migrations_dir": "migrations", "migrations_pattern": "drizzle/*.sql" },
          ], "env": { "preview": { "d1_databases": {} } } }
          //- /migrations/1.sql
          ${note}
        `),
        [
          "error wrangler.jsonc ‹7› A D1 database needs a `binding`: name the variable that holds it in `env`",
          'error wrangler.jsonc ‹{ "database_name": "x" }› A D1 database needs a `binding`: name the variable that holds it in `env`',
          'error wrangler.jsonc ‹"DB"› A D1 database needs a `binding`: name the variable that holds it in `env`',
          "error wrangler.jsonc ‹3› `migrations_dir` of `OK` must be a string",
          'error wrangler.jsonc ‹"drizzle/*.sql"› `migrations_pattern` must begin with the folder of `migrations_dir` (`migrations`), or wrangler refuses it',
          "error wrangler.jsonc ‹{}› `d1_databases` must be a list of databases",
        ],
      );
    });

    it("leaves a migration out that is no text", async () => {
      assert.deepEqual(
        await problems(`
          //- /wrangler.toml
          [[d1_databases]]
          binding = "DB"
          //- /migrations/1_a.sql
          ${note}
          //- /migrations/2_b.sql
          S\0E\0L\0
        `),
        ["error migrations/2_b.sql ‹› `2_b.sql` is no UTF-8 text and is left out: save it as UTF-8, or wrangler cannot run it"],
      );
    });
  });

  describe("without a configuration", () => {
    it("takes a folder that looks like migrations and names the database after what is around it", async () => {
      assert.deepEqual(await databases(`\n//- /migrations/0001_a.sql\n${note}`), ["DB: migrations [0001_a.sql] base []"]);
      assert.deepEqual(await databases(`\n//- /shop/db/migrations/1.sql\n${note}`), ["shop: shop/db/migrations [1.sql] base []"]);
      assert.deepEqual(await databases(`\n//- /prisma/migrations/20240101120000_a/migration.sql\n${note}`), [
        "DB: prisma/migrations [20240101120000_a/migration.sql] base []",
      ]);
      assert.deepEqual(await databases(`\n//- /server/sql/0000.sql\n${note}\n//- /server/sql/0001.sql\n${note}`), ["DB: server/sql [0000.sql 0001.sql] base []"]);
    });

    it("leaves another engine's migrations alone", async () => {
      for (const statement of [
        "CREATE TABLE a (id SERIAL PRIMARY KEY);",
        "CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;",
        "CREATE TABLE a (id uuid DEFAULT gen_random_uuid(), data jsonb, at timestamptz);",
        "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN END $$ LANGUAGE plpgsql;",
      ]) {
        assert.deepEqual(await databases(`\n//- /migrations/0001_a.sql\n${statement}`), [], statement);
      }
      assert.deepEqual(await databases("\n//- /migrations/1.sql\n-- SERIAL would be wrong here\nCREATE TABLE a (x TEXT DEFAULT 'ENGINE=');"), [
        "DB: migrations [1.sql] base []",
      ]);
    });

    it("believes what drizzle and prisma note beside the migrations", async () => {
      const plain = "CREATE TABLE a (id integer);";
      assert.deepEqual(await databases(`\n//- /drizzle/0000_a.sql\n${plain}\n//- /drizzle/meta/_journal.json\n{ "version": "7", "dialect": "postgresql" }`), []);
      assert.deepEqual(await databases(`\n//- /prisma/migrations/1_a/migration.sql\n${plain}\n//- /prisma/migrations/migration_lock.toml\nprovider = "mysql"`), []);
    });

    it("takes the folder of this engine where several lie beside each other", async () => {
      const plain = "CREATE TABLE a (id integer);";
      assert.deepEqual(
        await databases(`
          //- /migrations/postgres/1.sql
          ${plain}
          //- /migrations/d1/1.sql
          ${plain}
          //- /supabase/migrations/1.sql
          ${plain}
        `),
        ["DB: migrations/d1 [1.sql] base []"],
      );
    });

    it("counts copies once, and tests only where there is nothing else", async () => {
      const copies = `\n//- /a/migrations/1.sql\n${note}\n//- /b/migrations/1.sql\n${note}\n//- /tests/fixtures/migrations/1.sql\nCREATE TABLE t(x);`;
      assert.deepEqual(await databases(copies), ["a: a/migrations [1.sql] base []"]);
      assert.deepEqual(await databases("\n//- /tests/fixtures/migrations/1.sql\nCREATE TABLE t(x);"), ["fixtures: tests/fixtures/migrations [1.sql] base []"]);
    });

    it("does not run rollbacks", async () => {
      assert.deepEqual(await databases(`\n//- /migrations/1_a.up.sql\n${note}\n//- /migrations/1_a.down.sql\nDROP TABLE note;`), [
        "DB: migrations [1_a.up.sql] base []",
      ]);
    });

    it("takes a schema file where there are no migrations", async () => {
      assert.deepEqual(await databases(`\n//- /db/schema.sql\n${note}\n//- /db/2024-01-13-patch.sql\nALTER TABLE note ADD COLUMN a;\n//- /db/2024-02-01-patch.sql\nALTER TABLE note ADD COLUMN b;`), [
        "DB: - [] base [db/schema.sql]",
      ]);
      assert.deepEqual(await databases("\n//- /init.sql\nCREATE TABLE a (id SERIAL);"), []);
      assert.deepEqual(await databases("\n//- /schema.sql\n-- nothing yet"), []);
    });
  });

  it("offers base schemas, the likeliest first", async () => {
    assert.deepEqual(
      await databases(`
        //- /wrangler.toml
        [[d1_databases]]
        binding = "DB"
        //- /migrations/1_a.sql
        ${note}
        //- /migrations/schema.sql
        ${note}
        //- /db/init.sql
        ${note}
        //- /schema.sql
        ${note}
        //- /database/schema.sql
        ${note}
        //- /tools/deep/schema.sql
        ${note}
        //- /pg/schema.sql
        ${note}
        //- /sql/schema.sql
        CREATE TABLE a (id BIGSERIAL);
        //- /test/schema.sql
        ${note}
      `),
      ["DB: migrations [1_a.sql schema.sql] base [schema.sql database/schema.sql migrations/schema.sql tools/deep/schema.sql db/init.sql]"],
    );
  });

  describe("from plumbline.json", () => {
    it("wins over the wrangler file, by binding", async () => {
      assert.deepEqual(
        await databases(`
          //- /plumbline.json
          { "databases": [
            { "binding": "DB", "migrations": "changes", "schema": "base/start.sql" },
            { "binding": "NEW", "migrations": "new/*/up.sql" } ] }
          //- /wrangler.toml
          [[d1_databases]]
          binding = "DB"
          [[d1_databases]]
          binding = "OTHER"
          migrations_dir = "other"
          //- /migrations/1.sql
          ${note}
          //- /changes/2.sql
          ${note}
          //- /other/3.sql
          ${note}
          //- /base/start.sql
          ${note}
          //- /new/1/up.sql
          ${note}
          //- /new/1/down.sql
          ${note}
        `),
        ["DB: changes [2.sql] base [base/start.sql]", "NEW: new [1/up.sql] base []", "OTHER: other [3.sql] base []"],
      );
    });

    it("says at their place which of its paths are missing", async () => {
      assert.deepEqual(
        await problems(`
          //- /plumbline.json
          { "databases": [ { "migrations": "x" }, { "binding": "DB", "migrations": "nowhere", "schema": "no.sql" } ] }
        `),
        [
          'error plumbline.json ‹{ "migrations": "x" }› `databases[0]` needs `binding`',
          'error plumbline.json ‹"nowhere"› `migrations` of `DB` names `nowhere`, which does not exist: create the folder or mend the path',
          'error plumbline.json ‹"no.sql"› `schema` of `DB` names `no.sql`, which does not exist: mend the path',
        ],
      );
    });
  });

  it("has the other SQL files that make tables below its configuration", async () => {
    const { databases } = await readProject(await folderOf(`
      //- /shop/wrangler.toml
      [[d1_databases]]
      binding = "DB"
      //- /shop/migrations/1.sql
      ${note}
      //- /shop/migrations/notes/2.sql
      ${note}
      //- /shop/users-table.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY);
      //- /shop/sql/users-mail.sql
      ALTER TABLE users ADD COLUMN mail TEXT;
      //- /shop/sql/users-rollback.sql
      CREATE TABLE users_old (id INTEGER PRIMARY KEY);
      //- /shop/sql/seed.sql
      INSERT INTO users VALUES (1);
      //- /shop/sql/server.sql
      CREATE TABLE logs (id SERIAL PRIMARY KEY, at TIMESTAMPTZ);
      //- /shop/test/users.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY);
      //- /notes.sql
      ${note}
    `));
    assert.deepEqual(databases.map(({ others }) => others), [["shop/sql/users-mail.sql", "shop/users-table.sql"]]);
  });
});
