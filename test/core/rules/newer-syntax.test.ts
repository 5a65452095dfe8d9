import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const users = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, CONSTRAINT filled CHECK (email <> ''));
`;

describe("newer-syntax", () => {
  it("knows what D1 refuses of SQLite 3.53", () =>
    check(`${users}
//- /migrations/0002_null.sql
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ newer-syntax D1 refuses \`ALTER COLUMN … SET NOT NULL\`
//- /migrations/0003_drop.sql
ALTER TABLE users DROP CONSTRAINT filled;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ newer-syntax D1 refuses \`DROP CONSTRAINT\`
//- /migrations/0004_check.sql
ALTER TABLE users ADD CONSTRAINT long CHECK (length(email) > 3);
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ newer-syntax D1 refuses \`ADD CHECK\`
`));

  it("knows what no SQLite has", () =>
    check(`${users}
//- /migrations/0002_type.sql
ALTER TABLE users ALTER COLUMN email TYPE VARCHAR(200);
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ newer-syntax SQLite has no \`ALTER COLUMN\`
//- /migrations/0003_key.sql
ALTER TABLE "users" ADD CONSTRAINT team FOREIGN KEY (id) REFERENCES users (id);
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ newer-syntax \`ADD CONSTRAINT\`
//- /migrations/0004_modify.sql
ALTER TABLE users MODIFY email TEXT NOT NULL;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ newer-syntax \`MODIFY COLUMN\`
//- /migrations/0005_two.sql
ALTER TABLE users ADD COLUMN a TEXT, ADD COLUMN b TEXT;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ newer-syntax several changes
//- /migrations/0006_if.sql
ALTER TABLE users DROP COLUMN IF EXISTS email;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ newer-syntax \`DROP COLUMN IF EXISTS\`
`));

  it("leaves columns with such names alone, and other mistakes to others", () =>
    check(`${users}
//- /migrations/0002_names.sql
ALTER TABLE users ADD key TEXT;
ALTER TABLE users ADD "index" TEXT;
ALTER TABLE users RENAME COLUMN key TO name;
//- /migrations/0003_typo.sql
ALTER TABLE users ADD COLUMN city TEXT NOT NUL;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-migration syntax error
`));

  it("warns of an older SQLite where D1 is not meant", async () => {
    const findings = await review(`
//- /plumbline.json
{ "target": "sqlite" }
${users}
//- /migrations/0002_null.sql
ALTER TABLE users ALTER COLUMN email DROP NOT NULL;
`);
    assert.deepEqual(findings.map(({ rule, severity, message }) => `${rule} ${severity} ${message}`), ["newer-syntax warning `ALTER COLUMN … DROP NOT NULL` needs SQLite 3.53 or later"]);
  });
});
