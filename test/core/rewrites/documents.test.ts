// Every rewrite that a rule's document shows is executed against the same rows as the code before it.

import assert from "node:assert/strict";
import { rules } from "../../../src/core/rules/index";
import { readExamples } from "../../support/examples";
import { prove } from "../../support/rewrite-proof";

/** Rows for the tables of a document, and what each of its rewritten examples is called with, in their order. */
const documents: Readonly<Record<string, { readonly rows: string; readonly inputs: readonly (readonly (readonly unknown[])[])[] }>> = {
  "query-in-loop": {
    rows: "INSERT INTO users (id, name) VALUES (1, 'Ann'), (2, 'Ben'); INSERT INTO visits (user_id, day) VALUES (1, 'mon'), (1, 'tue'), (9, 'mon');",
    inputs: [[[[]], [[2, 1, 9, 2]]], [[1], [2], [10]], [[[]], [[{ id: 1 }, { id: 2 }, { id: 9 }]]]],
  },
  "write-in-loop": { rows: "INSERT INTO tags (name) VALUES ('old');", inputs: [[[[]], [["red", "blue", "red"]]], [[[]], [["red", "blue"]]], [[[]], [["red", "blue"]]], [[[]], [["red", "blue"]], [["red", null, "blue"]]], [[[]], [[" red ", "blue"]]]] },
  "loop-invariant-query": { rows: "INSERT INTO rates (currency, rate) VALUES ('EUR', 1.5);", inputs: [[[[], "EUR"], [[{ amount: 2 }, { amount: 3 }], "EUR"], [[{ amount: 2 }, { amount: 3 }], "USD"]]] },
  "sequential-queries": { rows: "INSERT INTO users (id, name) VALUES (1, 'Ann'), (2, 'Ben'); INSERT INTO posts (id, author_id, title) VALUES (1, 1, 'Hello');", inputs: [[[1], [2], [3]]] },
};

for (const rule of rules) {
  const rewritten = readExamples(rule.docs).filter((example) => example.fixed !== undefined && [...example.files.keys()].some((path) => path.endsWith(".ts")));
  const known = documents[rule.id];
  if (known === undefined) continue;
  describe(`rewrites in the document of ${rule.id}`, () => {
    it("are all called", () => assert.equal(known.inputs.length, rewritten.length));

    for (const [at, example] of rewritten.entries()) {
      it(`at line ${example.line}`, async () => {
        const path = [...example.files.keys()].find((one) => one.endsWith(".ts"))!;
        const schema = `${example.files.get("migrations/0001_schema.sql")!}\n${known.rows}`;
        const after = example.fixed!.text;
        await prove({ schema, path, before: example.files.get(path)!, after, inputs: known.inputs[at]!, orEach: after.includes("only where a batch was refused") });
      });
    }
  });
}
