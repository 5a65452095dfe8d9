// What is wrong with `plumbline.json` or a wrangler file, found while the project was read.

import docs from "./configuration.md";
import { projectRule } from "./rule";

export const configuration = projectRule({
  id: "configuration",
  summary: "Configuration that cannot be used",
  severity: "error",
  docs,
  *check({ problems }) {
    for (const problem of problems) {
      yield { file: problem.file, span: problem.span, message: problem.message, severity: problem.severity };
    }
  },
});
