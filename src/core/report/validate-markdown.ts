// The verdicts as a document: a table of all migrations, and what is wrong with those that are not safe.

import { place, table } from "./markdown-text";
import type { ValidateReport } from "./migration-reports";

export function validateMarkdown({ migrations, nothing, summary }: ValidateReport): string {
  const words = [[summary.fails, "fail"], [summary.losesRows, "lose rows"], [summary.risky, "want a look"], [summary.safe, "are safe"]] as const;
  const said = words.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`).join(", ");
  return [
    "# Migrations",
    "",
    migrations.length === 0 ? `There is no migration to validate${nothing === undefined ? "" : `: ${nothing}`}.` : `${migrations.length} ${migrations.length === 1 ? "migration" : "migrations"}: ${said}. Each was run on made-up rows; nothing was applied.`,
    "",
    ...(migrations.length === 0
      ? []
      : table(
          ["migration", "verdict", "why", "rollback"],
          migrations.map(({ file, verdict, because, line, rollback }) => [place(file, line ?? 1), verdict === "safe" ? "safe" : `**${verdict.replace("-", " ")}**`, because ?? "", rollback ?? "none"]),
        )),
    "",
    "A rollback is `exact` where up and down give back the same schema and the same rows, `structure` where some rows or columns cannot come back, `irreversible` where it needs an export or a Time Travel bookmark first.",
    "",
  ].join("\n");
}
