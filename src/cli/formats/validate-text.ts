// The verdicts on all migrations for the terminal: those that are not safe with the reason, and the sum.

import type { ValidateReport } from "../../protocol/report";
import { highlightNames } from "../colors";
import { count, oneLine, plain } from "../words";
import type { Style } from "./style";

type Verdict = ValidateReport["migrations"][number];

const words: Readonly<Record<Verdict["verdict"], string>> = { safe: "safe", risky: "look", "loses-rows": "loses rows", fails: "fails" };

export function validateText({ migrations, nothing, summary }: ValidateReport, style: Style): string {
  const { colors } = style;
  if (migrations.length === 0) return `No migration to validate${nothing === undefined ? "" : `: ${plain(nothing)}`}\n`;
  const said = ([[summary.fails, "fail", "fails"], [summary.losesRows, "lose rows", "loses rows"], [summary.risky, "want a look", "wants a look"], [summary.safe, "are safe", "is safe"]] as const)
    .filter(([n]) => n > 0)
    .map(([n, several, one]) => `${n} ${n === 1 ? one : several}`)
    .join(", ");
  return `${[...migrations.flatMap((migration) => lines(migration, style)), "", `${count(migrations.length, "migration")}: ${said}`, colors.dim("Each was run on made-up rows; nothing was applied. `plumbline dry-run --migration FILE` tells more of one.")].join("\n")}\n`;
}

function lines({ file, line, verdict, because, rollback, errors, warnings }: Verdict, { colors, path, width }: Style): readonly string[] {
  const paint = { safe: colors.green, risky: colors.yellow, "loses-rows": colors.red, fails: colors.red }[verdict];
  const counts = [errors === 0 ? "" : count(errors, "error"), warnings === 0 ? "" : count(warnings, "warning")].filter((part) => part !== "").join(", ");
  const about = [counts, `rollback ${rollback ?? "none"}`].filter((part) => part !== "").join("; ");
  return [
    `${paint(words[verdict].padEnd(10))} ${plain(path(file))}${line === undefined ? "" : `:${line}`}${colors.dim(`  ${about}`)}`,
    ...(because === undefined ? [] : [`           ${highlightNames(colors, oneLine(because, Math.max(40, width - 11)))}`]),
  ];
}
