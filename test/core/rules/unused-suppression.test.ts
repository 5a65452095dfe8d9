import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT);
`;
const scan = 'env.DB.prepare("SELECT id FROM users WHERE name = ?").bind("a").all()';
const search = 'env.DB.prepare("SELECT id FROM users WHERE email = ?").bind("a").all()';

describe("unused-suppression", () => {
  it("marks a comment for a finding that is gone", () =>
    check(`${schema}
//- /src/a.ts
// plumbline-allow unindexed-filter: few users
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unused-suppression Nothing here is found by \`unindexed-filter\`
export const one = (env: Env) => ${search};
`));

  it("marks a rule that does not exist, a missing reason, and words that are not understood", () =>
    check(`${schema}
//- /src/a.ts
// plumbline-allow unindexed-filtre: few users
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unused-suppression There is no rule \`unindexed-filtre\`; did you mean \`unindexed-filter\`?
export const one = (env: Env) => ${search};
// plumbline-allow unindexed-filter
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unused-suppression gives no reason
export const two = (env: Env) => ${scan};
// plumbline-allow
^^^^^^^^^^^^^^^^^^ unused-suppression not understood
export const three = (env: Env) => ${search};
`));

  it("allows on the line above, on the line itself, and in the whole file", () =>
    check(`${schema}
//- /src/above.ts
// plumbline-allow unindexed-filter: few users
export const one = (env: Env) => ${scan};
//- /src/same.ts
export const one = (env: Env) => ${scan}; // plumbline-allow unindexed-filter: few users
//- /src/block.ts
export const one = (env: Env) => /* plumbline-allow unindexed-filter: few users */ ${scan};
//- /src/far.ts
export const one = (env: Env) =>
  // plumbline-allow unindexed-filter: few users
  env.DB.prepare(
    \`SELECT id
     FROM users
     WHERE name = ?\`,
  ).bind("a").all();
//- /src/file.ts
// plumbline-allow-file unindexed-filter: an internal page
export const one = (env: Env) => ${scan};
export const two = (env: Env) => ${scan};
`));

  it("allows several rules with several comments, or with one", () =>
    check(`${schema}
//- /src/a.ts
export async function all(env: Env, names: string[]) {
  for (const name of names) {
    // plumbline-allow unindexed-filter: few users
    // plumbline-allow query-in-loop: three names
    await env.DB.prepare("SELECT id FROM users WHERE name = ?").bind(name).all();
    // plumbline-allow unindexed-filter, query-in-loop: the same
    await env.DB.prepare("SELECT id FROM users WHERE name = ?").bind(name).all();
  }
}
`));

  it("allows nothing but its own rule, and nothing further down", () =>
    check(`${schema}
//- /src/a.ts
// plumbline-allow query-in-loop: not this one
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unused-suppression
export const one = (env: Env) => ${scan};
                                                                            ^^^^^^^^ unindexed-filter
// plumbline-allow unindexed-filter: only the next line
export const two = (env: Env) => ${scan};
export const three = (env: Env) => ${scan};
                                                                              ^^^^^^^^ unindexed-filter
`));

  it("allows in SQL files", () =>
    check(`${schema}
//- /migrations/0002_again.sql
-- plumbline-allow failed-migration: ran before the base was rewritten
ALTER TABLE users ADD COLUMN email TEXT;
//- /migrations/0003_fine.sql
-- plumbline-allow failed-migration: nothing fails here
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unused-suppression
CREATE TABLE teams (id INTEGER PRIMARY KEY);
`));

  it("takes the words in a string for no comment", () =>
    check(`${schema}
//- /src/a.ts
export const help = "// plumbline-allow unindexed-filter: few users";
export const one = (env: Env) => ${search};
`));

  it("leaves the comments of a rule alone that is switched off", () =>
    check(`${schema}
//- /plumbline.json
{ "rules": { "unindexed-filter": "off" } }
//- /src/a.ts
// plumbline-allow unindexed-filter: few users
export const one = (env: Env) => ${scan};
`));
});
