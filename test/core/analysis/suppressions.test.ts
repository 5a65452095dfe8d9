// Where a `plumbline-allow` comment may stand, beyond the plain cases that its rule's own tests show.

import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
`;
const scan = 'env.DB.prepare("SELECT id FROM users WHERE name = ?").bind("a").all()';

describe("suppressions", () => {
  it("may be JSX comments", () =>
    check(`${schema}
//- /src/page.tsx
export const Page = ({ env }) => (
  <ul>
    {/* plumbline-allow unindexed-filter: few users */}
    {${scan}}
    // plumbline-allow unindexed-filter: text of the page, and no comment
    {${scan}}
                                                ^^^^^^^^ unindexed-filter
  </ul>
);
`));

  it("may be SQL comments, of both kinds", () =>
    check(`${schema}
//- /migrations/0002_again.sql
-- plumbline-allow failed-migration: it was made by hand
CREATE TABLE users (id INTEGER);
//- /migrations/0003_again.sql
CREATE TABLE users (id INTEGER); /* plumbline-allow failed-migration: it was made by hand */
//- /migrations/0004_again.sql
/* plumbline-allow-file failed-migration: it was made by hand */
SELECT 1;

CREATE TABLE users (id INTEGER);
//- /migrations/0005_again.sql
-- plumbline-allow failed-migration
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unused-suppression gives no reason
CREATE TABLE users (id INTEGER);
//- /migrations/0006_fine.sql
-- plumbline-allow failed-migration: it runs
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unused-suppression Nothing here is found
SELECT 1;
`));

  it("are no comments within a string", () =>
    check(`${schema}
//- /src/a.ts
export const text = "// plumbline-allow unindexed-filter: no comment";
export const one = (env) => ${scan};
                                                                       ^^^^^^^^ unindexed-filter
`));

  it("stack above one line, in any order, and each is used", () =>
    check(`${schema}
//- /src/a.ts
export async function all(env, names) {
  for (const name of names) {
    // plumbline-allow write-in-loop: no write here
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unused-suppression Nothing here is found by \`write-in-loop\`
    // plumbline-allow query-in-loop: three names
    // plumbline-allow unindexed-filter: few users
    await env.DB.prepare("SELECT id FROM users WHERE name = ?").bind(name).all();
  }
}
`));

  it("work with CRLF and a byte order mark", async () => {
    const lines = ["\uFEFF// plumbline-allow unindexed-filter: few users", `export const one = (env) => ${scan};`, ""];
    assert.deepEqual(await review(`${schema}\n//- /src/a.ts\n${lines.join("\r\n")}`), []);
  });

  it("are not unused where their rule is off", () =>
    check(`${schema}
//- /plumbline.json
{ "rules": { "unindexed-filter": "off" } }
//- /src/a.ts
// plumbline-allow unindexed-filter: few users
export const one = (env) => ${scan};
`));

  it("can be silenced as a rule themselves", () =>
    check(`${schema}
//- /plumbline.json
{ "rules": { "unused-suppression": "off" } }
//- /src/a.ts
// plumbline-allow unindexed-filter: nothing is here
export const one = 1;
`));
});
