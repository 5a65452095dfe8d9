import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE plans (id INTEGER PRIMARY KEY, price INTEGER NOT NULL, featured INTEGER NOT NULL DEFAULT 0);
CREATE TABLE page_cache (url TEXT PRIMARY KEY, body TEXT);
CREATE VIRTUAL TABLE words USING fts5(word);
`;

describe("delete-without-where", () => {
  it("marks the statement", () =>
    check(`${schema}
//- /src/a.js
export const drop = (env) => env.DB.batch([env.DB.prepare("DELETE FROM plans"), env.DB.prepare("DELETE FROM plans WHERE id = 1")]);
export const allow = (env) => env.DB.prepare("DELETE FROM plans").run();
                                              ^^^^^^^^^^^^^^^^^ delete-without-where This DELETE empties \`plans\`
`));

  it("keeps silent where the table is to be emptied, or a condition may come", () =>
    check(`${schema}
//- /src/a.js
export const refresh = (env, where) => [
  env.DB.prepare("DELETE FROM page_cache").run(),
  env.DB.prepare("DELETE FROM words").run(),
  env.DB.prepare(\`DELETE FROM plans \${where}\`).run(),
  env.DB.prepare("DELETE FROM plans LIMIT 10").run(),
];
export const clearPlans = (env) => env.DB.prepare("DELETE FROM plans").run();
export const buildResetPlans = (env) => [env.DB.prepare("DELETE FROM plans")];
export const deleteAllPlans = (env) => env.DB.prepare("DELETE FROM plans").run();
//- /src/plans.test.js
export const before = (env) => env.DB.prepare("DELETE FROM plans").run();
//- /scripts/again.js
export const again = (env) => env.DB.prepare("DELETE FROM plans").run();
`));
});
