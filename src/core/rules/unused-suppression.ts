// A `plumbline-allow` comment that allows nothing: the finding is gone, or the comment is not understood.

import { suppressionRule } from "./rule";
import docs from "./unused-suppression.md";

export const unusedSuppression = suppressionRule({
  id: "unused-suppression",
  summary: "Suppression without a finding",
  severity: "hint",
  docs,
  *check({ span, problem }) {
    yield { span, message: problem };
  },
});
