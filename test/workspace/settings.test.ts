import assert from "node:assert/strict";
import schema from "../../media/plumbline.schema.json";
import { defaultSettings, type Settings } from "../../src/core/analysis/settings";
import { checkRuleIds, readSettings, type Shape } from "../../src/workspace/settings";
import { problemsOf } from "./folder";

const file = (text: string) => ({ path: "plumbline.json", text, version: 0 });

function problems(text: string): string[] {
  const { problems: found } = readSettings(file(text));
  return problemsOf({ files: new Map([["plumbline.json", file(text)]]), problems: found }).map((one) => one.replace("error plumbline.json ", ""));
}

/** A file that has every key of the schema, each with a value that fits. */
function sample(shape: Shape): unknown {
  switch (shape.type) {
    case "object": {
      const own = Object.entries(shape.properties ?? {}).map(([key, inner]) => [key, sample(inner)]);
      return Object.fromEntries(shape.additionalProperties ? [...own, ["any_name", sample(shape.additionalProperties)]] : own);
    }
    case "array":
      return [sample(shape.items!)];
    case "string":
      return shape.enum?.at(-1) ?? "x";
    case "number":
    case "integer":
      return 1;
  }
}

describe("plumbline.json", () => {
  it("may be absent, empty or commented", () => {
    assert.deepEqual(readSettings(undefined).settings, defaultSettings);
    assert.deepEqual(readSettings(file("{}")).settings, defaultSettings);
    assert.deepEqual(problems('// ours\n{ "slowMs": 50, /* for now */ }'), []);
  });

  it("has no key that its schema lacks, and takes every key of it", () => {
    const full = sample(schema as Shape) as Record<string, unknown>;
    const { settings, problems: found } = readSettings(file(JSON.stringify(full)));
    assert.deepEqual(found, []);
    assert.deepEqual(Object.keys(full).filter((key) => key !== "$schema").sort(), Object.keys(defaultSettings).sort());
    for (const key of Object.keys(defaultSettings) as (keyof Settings)[]) assert.notDeepEqual(settings[key], defaultSettings[key], key);
    const complete: Settings = {
      target: "sqlite",
      include: ["x"],
      exclude: ["x"],
      databases: [{ binding: "x", migrations: "x", schema: "x" }],
      rows: { default: 1, tables: { any_name: 1 } },
      rules: { any_name: "error" },
      slowMs: 1,
      wrappers: ["x"],
      rollbacks: "x",
      caching: { binding: "x", style: "cache-api", ttl: { any_name: 1 } },
      alerts: { p95Ms: 1, rowsRead: 1, errorRate: 1, hitRate: 1, queriesPerRequest: 1 },
    };
    assert.deepEqual(settings, complete);
  });

  it("marks unknown keys, with the key that may be meant", () => {
    assert.deepEqual(problems('{ "slowMS": 5, "exlude": [], "colour": "red", "caching": { "stile": "kv" } }'), [
      '‹"slowMS"› Unknown key `slowMS`; did you mean `slowMs`?',
      '‹"exlude"› Unknown key `exlude`; did you mean `exclude`?',
      '‹"colour"› Unknown key `colour`',
      '‹"stile"› Unknown key `stile` in `caching`; did you mean `style`?',
    ]);
  });

  it("marks values of the wrong type, one message each", () => {
    assert.deepEqual(
      problems('{ "target": "d2", "include": "src", "exclude": [1, ""], "rows": { "users": -1, "default": 1.5 }, "slowMs": 0, "wrappers": {}, "alerts": { "hitRate": 80 }, "rules": { "n": "fatal" } }'),
      [
        '‹"d2"› `target` must be one of "d1", "sqlite"',
        '‹"src"› `include` must be a list',
        "‹1› `exclude[0]` must be a string that is not empty",
        '‹""› `exclude[1]` must be a string that is not empty',
        "‹-1› `rows.users` must be a whole number from 0 on",
        "‹1.5› `rows.default` must be a whole number from 0 on",
        "‹0› `slowMs` must be a number above 0",
        "‹{}› `wrappers` must be a list",
        "‹80› `alerts.hitRate` must be a number from 0 to 1",
        '‹"fatal"› `rules.n` must be one of "off", "hint", "info", "warning", "error"',
      ],
    );
    assert.deepEqual(problems("[]"), ["‹[]› `plumbline.json` must be an object"]);
  });

  it("keeps what is right beside what is wrong", () => {
    const { settings } = readSettings(file('{ "slowMs": "fast", "rows": { "users": 5, "notes": "many", "constructor": 2 }, "databases": [{}, { "binding": "B" }] }'));
    assert.equal(settings.slowMs, 100);
    assert.deepEqual(settings.rows, { default: undefined, tables: { users: 5, constructor: 2 } });
    assert.deepEqual(settings.databases, [{ binding: "B", migrations: undefined, schema: undefined }]);
  });

  it("reads a half-typed file as far as it goes, with one message", () => {
    const text = '{ "slowMs": 5, "rows": { "users": ';
    assert.equal(readSettings(file(text)).settings.slowMs, 5);
    assert.equal(problems(text).length, 1);
    assert.match(problems("{ slowMs: 5 }")[0]!, /^‹slowMs› `plumbline.json` cannot be read \(/);
    for (const bad of ["", " ", "{", "nul", '{"a"', '{"rules":{"x"', "\u0000"]) assert.ok(problems(bad).length > 0, bad);
  });

  it("never throws on any beginning of a file", () => {
    const text = '{ "target": "d1", "databases": [{ "binding": "B", "schema": "s" }], "rows": { "a": 1 }, "rules": { "x": "off" }, "nope": [1, {}] }';
    for (let end = 0; end <= text.length; end++) {
      readSettings(file(text.slice(0, end))).databasePlace(0, "schema");
      checkRuleIds(file(text.slice(0, end)), ["y"]);
    }
  });

  it("checks rule ids against those it is told", () => {
    const text = '{ "rules": { "unindexed-filter": "off", "unindexed-filer": "hint", "zzz": "off" } }';
    const found = checkRuleIds(file(text), ["unindexed-filter", "query-in-loop"]);
    assert.deepEqual(problemsOf({ files: new Map([["plumbline.json", file(text)]]), problems: found }), [
      'error plumbline.json ‹"unindexed-filer"› There is no rule `unindexed-filer`; did you mean `unindexed-filter`?',
      'error plumbline.json ‹"zzz"› There is no rule `zzz`',
    ]);
    for (const harmless of ["", "[]", '{ "rules": [] }', '{ "rules": {} }']) assert.deepEqual(checkRuleIds(file(harmless), []), []);
  });
});
