// Rollbacks for the terminal: the grade and its reasons, then the file as it is or would be written.

import type { RollbackReport, RollbacksReport, UnmadeRollback } from "../../core/report/rollbacks-report";
import type { Colors } from "../colors";
import { highlightNames } from "../colors";
import type { ShowPath } from "../paths";
import { plain } from "../words";

interface Style {
  readonly colors: Colors;
  readonly path: ShowPath;
  /** The migrations are changed so that they keep backups. */
  readonly isBackup: boolean;
}

export function rollbacksText({ rollbacks, failed }: RollbacksReport, style: Style): string {
  return [...rollbacks.map((one) => rollbackLines(one, style)), ...failed.map((one) => failedLines(one, style))].map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function rollbackLines({ file, rollbackFile, grade, verified, sql, reasons, written, withBackup }: RollbackReport, { colors, path, isBackup }: Style): readonly string[] {
  const color = grade === "exact" ? colors.green : grade === "structure" ? colors.yellow : colors.red;
  const keeps = withBackup !== null && isBackup;
  const hint = withBackup !== null && !isBackup ? [colors.dim("  --backup changes the migration so that it keeps what it loses, and the rollback is exact; for one that is not applied yet")] : [];
  return [
    `${plain(path(file))}: ${color(grade)}${verified ? ", run up and down" : ""}${keeps ? `, with ${withBackup.backups.map(plain).join(", ")} to be dropped by a later migration` : ""}`,
    ...reasons.map((reason) => `  ${highlightNames(colors, plain(reason))}`),
    ...hint,
    ...(written ? [...(keeps ? [`changed ${plain(path(file))}`] : []), `created ${plain(path(rollbackFile))}`] : ["", ...(keeps ? [...printed(withBackup.migration), "", `-- ${"-".repeat(20)} rollback`] : []), ...printed(sql)]),
  ];
}

function failedLines({ file, error }: UnmadeRollback, { colors, path }: Style): readonly string[] {
  return [`${plain(path(file))}${error.line === null ? "" : `:${error.line}`}: ${colors.red("fails")}, so there is nothing to take back`, `  ${plain(error.message)}`];
}

/** Line by line, so that nothing in it speaks to the terminal. */
function printed(sql: string): readonly string[] {
  return sql.trimEnd().split(/\r\n|[\r\n]/).map(plain);
}
