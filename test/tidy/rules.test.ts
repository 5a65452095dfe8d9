// The list of rules against the folder: nothing is forgotten, and each is told in the same order.

import assert from "node:assert/strict";
import { rules } from "../../src/core/rules/index";
import { headings } from "../support/examples";
import { filesIn, read } from "../support/house";

const folder = "src/core/rules";
const ids = rules.map((rule) => rule.id);

describe("rules", () => {
  it("are all in the list, in order", () => {
    const files = filesIn(folder).filter((path) => path.endsWith(".ts") && /export const \w+ = \w+Rule\(/.test(read(path)));
    assert.deepEqual(ids, files.map((path) => path.slice(folder.length + 1, -3)));
    assert.deepEqual(ids, [...ids].sort());
  });

  it("have a document each, and no document is left over", () => {
    assert.deepEqual(filesIn(folder).filter((path) => path.endsWith(".md")), ids.map((id) => `${folder}/${id}.md`));
  });

  it("have a test each", () => {
    const tests = new Set(filesIn("test/core/rules"));
    assert.deepEqual(ids.filter((id) => !tests.has(`test/core/rules/${id}.test.ts`)), []);
  });

  for (const rule of rules) {
    it(`${rule.id} has its own document, with the headings that all have`, () => {
      assert.equal(rule.docs, read(`${folder}/${rule.id}.md`));
      assert.deepEqual(headings(rule.docs), [`# ${rule.id}`, "## What it finds", "## Why it matters", "## Examples", "## The fix", "## When to allow it"]);
      assert.match(rule.docs, /^# .+\n\n[A-Z`][^\n]*\.\n\n## /, "one sentence of summary stands under the title");
    });

    it(`${rule.id} has a summary that can be a title`, () => {
      assert.match(rule.summary, /^[A-Z][^.]{5,60}$/);
    });
  }
});
