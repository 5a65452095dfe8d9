import { check, checkFix } from "../../support/review";

const users = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
`;

describe("missing-semicolon", () => {
  it("stands at the last word, and alone speaks of it", () =>
    check(`${users}
//- /migrations/0002_name.sql
ALTER TABLE users ADD COLUMN name TEXT
                                  ^^^^ missing-semicolon The last statement has no semicolon
-- that is all
//- /migrations/0003_trigger.sql
CREATE TRIGGER users_added AFTER INSERT ON users BEGIN
  UPDATE users SET email = lower(email) WHERE id = new.id;
END
^^^ missing-semicolon The last statement
`));

  it("leaves a statement that cannot be read to the rule that says why", () =>
    check(`${users}
//- /migrations/0002_broken.sql
CREATE TABLE posts (id INTEGER PRIMARY KEY
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-migration near "INSERT"
`));

  it("does not take drizzle's breakpoint for one", () =>
    check(`${users}
//- /migrations/0002_drizzle.sql
ALTER TABLE users ADD COLUMN name TEXT;--> statement-breakpoint
ALTER TABLE users ADD COLUMN city TEXT
                                  ^^^^ missing-semicolon This statement has no semicolon
--> statement-breakpoint
ALTER TABLE users ADD COLUMN age INTEGER; -- years
--> statement-breakpoint
CREATE INDEX users_name ON users (name);
`));

  it("is silent for files that end well, and on another SQLite", async () => {
    await check(`${users}
//- /migrations/0002_nothing.sql
-- nothing yet
//- /migrations/0003_name.sql
ALTER TABLE users ADD COLUMN name TEXT ;; -- twice
`);
    await check(`
//- /plumbline.json
{ "target": "sqlite" }
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)
`);
  });

  it("writes every semicolon that is missing", () =>
    checkFix(
      `${users}
//- /migrations/0002_drizzle.sql
ALTER TABLE users ADD COLUMN name TEXT /* as shown */
--> statement-breakpoint
CREATE INDEX users_name ON users (name) -- for search
`,
      "Write the semicolon",
      `
ALTER TABLE users ADD COLUMN name TEXT; /* as shown */
--> statement-breakpoint
CREATE INDEX users_name ON users (name); -- for search
`,
    ));
});
