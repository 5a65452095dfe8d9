// Every example of every rule's document is run: the bad ones break their rule, the good ones break none, and the fixes
// make of them what the document shows.

import assert from "node:assert/strict";
import { rules } from "../../../src/core/rules/index";
import { readExamples } from "../../support/examples";
import type { Example } from "../../support/examples";
import { checkFix, isMeant, reviewed } from "../../support/review";

for (const rule of rules) {
  describe(`document of ${rule.id}`, () => {
    const examples = readExamples(rule.docs);

    it("shows good and bad", () => {
      assert.deepEqual(["bad", "good"].filter((verdict) => !examples.some((example) => example.verdict === verdict)), []);
    });

    for (const example of examples) {
      it(`${example.verdict} example at line ${example.line}`, async () => {
        const found = await reviewed(example.files, ({ findings }) => findings.filter(isMeant(rule.id)).map((finding) => `${finding.rule}: ${finding.message}`));
        const named = (id: string): boolean => found.some((finding) => finding.startsWith(`${id}:`));
        const expected = example.verdict === "good" ? [] : [rule.id, ...example.alsoBreaks];
        assert.deepEqual(expected.filter((id) => !named(id)), [], `not found; there is: ${found.join("; ")}`);
        assert.deepEqual(found.filter((finding) => !expected.some((id) => finding.startsWith(`${id}:`))), []);
      });
      if (example.fixed !== undefined) {
        const { line, text } = example.fixed;
        it(`what the fix makes, at line ${line}`, () => checkFix(asFixture(example), "", text));
      }
    }
  });
}

function asFixture({ files }: Example): string {
  return [...files].map(([path, text]) => `//- /${path}\n${text}`).join("\n");
}
