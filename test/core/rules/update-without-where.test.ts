import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE plans (id INTEGER PRIMARY KEY, price INTEGER NOT NULL, featured INTEGER NOT NULL DEFAULT 0);
CREATE TABLE site (id INTEGER PRIMARY KEY CHECK (id = 1), title TEXT);
`;

describe("update-without-where", () => {
  it("marks the statement, on every path without its condition", () =>
    check(`${schema}
//- /src/a.js
export function setPrice(env, price, id) {
  const first = env.DB.prepare("UPDATE plans SET price = ?").bind(price);
                                ^^^^^^^^^^^^^^^^^^^^^^^^^^ update-without-where This UPDATE changes every row of \`plans\`
  let sql = "UPDATE plans SET price = price + 1";
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ update-without-where
  if (id) sql += " WHERE id = 1";
  return [first, env.DB.prepare(sql)];
}
`));

  it("keeps silent where all rows are meant, or a condition may come", () =>
    check(`${schema}
//- /src/a.js
export const feature = (env, id, where, table) => [
  env.DB.prepare("UPDATE plans SET featured = 0").run(),
  env.DB.prepare("UPDATE plans SET price = 1 WHERE id = ?").bind(id).run(),
  env.DB.prepare("UPDATE plans SET price = ? LIMIT 5").bind(id).run(),
  env.DB.prepare("UPDATE site SET title = ?").bind(id).run(),
  env.DB.prepare(\`UPDATE plans SET price = 2 + price \${where}\`).run(),
  env.DB.prepare(\`UPDATE \${table} SET price = price * 2\`).run(),
];
export const resetPrices = (env, price) => env.DB.prepare("UPDATE plans SET price = ?").bind(price).run();
//- /scripts/raise.js
export const raise = (env, price) => env.DB.prepare("UPDATE plans SET price = ?").bind(price).run();
`));
});
