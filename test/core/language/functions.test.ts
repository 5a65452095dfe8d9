// The table of functions: whole, and as SQLite has them.
import assert from "node:assert/strict";
import { neverCalled, signatureOf, sqlFunctions } from "../../../src/core/language/functions";
import { allowedFunctions } from "../../../src/core/sql/d1-surface";
import { testEngine } from "../../support/engine";

describe("the functions that D1 allows", () => {
  it("are all told, and no others", () => {
    assert.deepEqual([...allowedFunctions].filter((name) => !sqlFunctions.has(name) && !neverCalled.has(name)), []);
    assert.deepEqual([...sqlFunctions.keys(), ...neverCalled].filter((name) => !allowedFunctions.has(name)), []);
  });

  it("take as many arguments as SQLite says", async () => {
    const engine = await testEngine();
    const db = engine.open();
    const found = db.run("SELECT name, narg FROM pragma_function_list");
    db.close();
    assert(found.ok);
    const taken = new Map<string, Set<number>>();
    for (const [name, narg] of found.rows) taken.set(String(name), (taken.get(String(name)) ?? new Set()).add(Number(narg)));
    const wrong: string[] = [];
    for (const { name, parameters } of sqlFunctions.values()) {
      const counts = taken.get(name);
      if (counts === undefined) continue;
      const isOpen = parameters.some((parameter) => parameter.endsWith("..."));
      const required = parameters.filter((parameter) => !parameter.endsWith("?") && !parameter.endsWith("...")).length;
      const most = isOpen ? Infinity : parameters.length;
      const fits = [...counts].every((count) => count < 0 || (required <= count && count <= most)) && (counts.has(-1) || [...counts].some((count) => count < -1) || (counts.has(required) && counts.has(most)));
      if (!fits) wrong.push(`${name}(${parameters.join(", ")}): ${[...counts].join()}`);
    }
    assert.deepEqual(wrong, []);
  });

  it("are shown with where each parameter stands", () => {
    const { label, spans } = signatureOf(sqlFunctions.get("substr")!);
    assert.equal(label, "substr(X, start, [length])");
    assert.deepEqual(spans.map(([start, end]) => label.slice(start, end)), ["X", "start", "[length]"]);
    assert.equal(signatureOf(sqlFunctions.get("char")!).label, "char(X, ...)");
    assert.equal(signatureOf(sqlFunctions.get("pi")!).label, "pi()");
  });
});
