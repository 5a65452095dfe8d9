import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE visits (id INTEGER PRIMARY KEY, page TEXT NOT NULL, seen_at TEXT, ms INTEGER);
`;
const call = (value: string): string => `
//- /src/a.ts
export async function add(env: Env, x: any) {
  return env.DB.prepare("UPDATE visits SET ms = ? WHERE id = 1").bind(${value}).run();
}
`;

describe("bind-type", () => {
  it("marks what D1 has no type for", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, when: Date, big: bigint, x: any) => [
  env.DB.prepare("INSERT INTO visits (page, seen_at) VALUES (?, ?)").bind("a", when),
                                                                               ^^^^ bind-type A \`Date\` is bound
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(undefined),
                                                              ^^^^^^^^^ bind-type \`undefined\` is bound
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind({ page: x }),
                                                              ^^^^^^^^^^^ bind-type An object is bound
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind([x]),
                                                              ^^^ bind-type An array is bound
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(big),
                                                              ^^^ bind-type A \`bigint\` is bound
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(10n),
                                                              ^^^ bind-type A \`bigint\` is bound
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(() => x),
                                                              ^^^^^^^ bind-type A function is bound
];
`));

  it("follows constants of the file", () =>
    check(`${schema}
//- /src/a.js
export function add(env, x) {
  const now = new Date();
  const tags = Object.keys(x);
  const wanted = x ? new Date(x) : now;
  return [
    env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(now),
                                                                ^^^ bind-type A \`Date\`
    env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(tags),
                                                                ^^^^ bind-type An array
    env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(wanted),
                                                                ^^^^^^ bind-type A \`Date\`
  ];
}
`));

  it("keeps silent about what binds, and what is not evident", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, x: any, row: { at: Date }, list: string[], maybe?: string) => [
  ...["text", 1, 1.5, true, null].map((value) => env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(value)),
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(new Date().toISOString()),
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(JSON.stringify(list)),
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind([1, 2, 255]),
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(new Uint8Array(4)),
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(x.date),
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(row.at),
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)").bind(maybe ?? null),
];
`));

  it("is for D1 alone", () =>
    check(`${schema}
//- /src/a.js
import Database from "better-sqlite3";
export const add = (db) => db.prepare("INSERT INTO visits (page) VALUES (?)").bind(new Date()).run();
`));

  const fixes: readonly (readonly [string, string, string])[] = [
    ["undefined", "Bind null", "null"],
    ["new Date(x)", "ISO text", "(new Date(x)).toISOString()"],
    ["new Date(x)", "milliseconds", "(new Date(x)).getTime()"],
    ["BigInt(x)", "as a number", "Number(BigInt(x))"],
    ["{ a: x }", "as JSON", "JSON.stringify({ a: x })"],
  ];
  for (const [value, title, after] of fixes) it(`fix: ${value} to ${after}`, () => checkFix(`${schema}${call(value)}`, title, call(after)));
});
