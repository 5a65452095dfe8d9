import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE products (id INTEGER PRIMARY KEY, sku TEXT, name TEXT COLLATE NOCASE, note TEXT);
CREATE INDEX products_sku ON products (sku);
CREATE INDEX products_name ON products (name);
`;

describe("case-insensitive-like", () => {
  it("marks a pattern that begins with letters", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM products WHERE sku LIKE 'ax%'"),
                                                ^^^^^^^^^^^^^^ case-insensitive-like LIKE takes no notice of case, and no index on \`sku\` does so too: \`products\` is scanned: about 10,000 rows read a call, 157 with an index
  env.DB.prepare("SELECT name FROM products p WHERE p.note LIKE 'ax%'"),
                                                    ^^^^^^^^^^^^^^^^^ case-insensitive-like
];
`));

  it("keeps silent where an index serves, or none could", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM products WHERE name LIKE 'ax%'"),
  env.DB.prepare("SELECT id FROM products WHERE sku GLOB 'ax*'"),
  env.DB.prepare("SELECT id FROM products WHERE id = 3 AND sku LIKE 'ax%'"),
];
`));

  it("fix", () =>
    checkFix(`${schema}//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("SELECT id FROM products WHERE sku LIKE 'ax%'").all();\n`, "Create index", `
-- Index for this query:
--   src/a.ts:1
-- Rows read a call, by estimate: 10,000 before, 157 after.
CREATE INDEX idx_products_sku_nocase ON products (sku COLLATE NOCASE);

-- So that SQLite knows what the tables and their indexes hold:
PRAGMA optimize;
`));
});
