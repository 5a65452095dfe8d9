// The state of every migration for the terminal.

import type { MigrationStatusReport, StatusReport } from "../../protocol/report";
import type { Colors } from "../colors";
import type { ShowPath } from "../paths";
import { count, plain } from "../words";

interface Style {
  readonly colors: Colors;
  readonly path: ShowPath;
}

export function statusText({ databases }: StatusReport, style: Style): string {
  const { colors, path } = style;
  if (databases.length === 0) return "No database was found here\n";
  const lines = databases.flatMap(({ binding, local, why, migrations }) => {
    const tally = [...new Set(migrations.map(({ state }) => state))].map((state) => `${migrations.filter((one) => one.state === state).length} ${words[state]}`).join(", ");
    return [
      `${colors.bold(plain(binding))}  ${migrations.length === 0 ? "no migrations" : `${count(migrations.length, "migration")}: ${tally}`}`,
      `  ${colors.dim(local === null ? `no local database (${plain(why ?? "")}): every migration counts as pending` : `by ${plain(path(local))}`)}`,
      ...migrations.map((migration) => `  ${line(migration, style)}`),
      "",
    ];
  });
  return `${lines.join("\n")}`;
}

const words: Readonly<Record<MigrationStatusReport["state"], string>> = {
  applied: "applied",
  pending: "pending",
  failed: "failing",
  edited: "edited after it was applied",
  missing: "missing",
  "out-of-order": "out of order",
};

function line({ file, state, appliedAt, error, line: at, rollbackFile }: MigrationStatusReport, { colors, path }: Style): string {
  const paint = { applied: colors.green, pending: colors.cyan, failed: colors.red, edited: colors.yellow, missing: colors.red, "out-of-order": colors.yellow }[state];
  const about = [
    appliedAt === undefined || appliedAt === "" ? "" : `applied ${plain(appliedAt)}`,
    state === "missing" ? "in the database, but there is no such file" : "",
    state === "out-of-order" ? "not applied, though a later one is" : "",
    error === undefined ? "" : `line ${at ?? 1}: ${plain(error)}`,
    rollbackFile === undefined ? "" : "has a rollback",
  ].filter((part) => part !== "");
  return `${paint(words[state].padEnd(9))} ${plain(path(file))}${about.length === 0 ? "" : colors.dim(`  ${about.join("; ")}`)}`;
}
