// The queries of a project for the terminal: place, state, text and plan.

import type { QueriesReport, QueryReport, StatementReport } from "../../protocol/report";
import type { Colors } from "../colors";
import type { ShowPath } from "../paths";
import { count, oneLine, plain, rowsRead } from "../words";
import { planLines } from "./plan";

export interface QueriesStyle {
  readonly colors: Colors;
  readonly width: number;
  readonly path: ShowPath;
}

export function queriesText({ queries }: QueriesReport, style: QueriesStyle): string {
  const { colors, path } = style;
  const files = new Map<string, QueryReport[]>();
  for (const query of queries) files.set(query.file, [...(files.get(query.file) ?? []), query]);
  const sections = [...files].map(([file, list]) =>
    [colors.bold(colors.underline(plain(path(file)))), ...list.map((query) => queryLines(query, style).join("\n"))].join("\n\n"),
  );
  const states = (["resolved", "partial", "unresolved", "foreign"] as const).flatMap((status) => {
    const n = queries.filter((query) => query.status === status).length;
    return n === 0 ? [] : [`${n} ${status}`];
  });
  const total = `${count(queries.length, "query", "queries")}${states.length > 0 ? `: ${states.join(", ")}` : ""}`;
  return `${[...sections, total].join("\n\n")}\n`;
}

function queryLines(query: QueryReport, style: QueriesStyle): string[] {
  const { colors, path } = style;
  const place = colors.dim(`${plain(path(query.file))}:${query.line}:${query.column}`);
  const about = [query.database, query.function === null ? null : `in ${query.function}`, query.via].filter((part) => part !== null);
  const status = query.status === "resolved" ? "" : `  ${colors.yellow(query.status)}${query.why === undefined ? "" : `: ${plain(query.why)}`}`;
  return [
    `  ${place}  ${about.map(plain).join(", ")}${status}`,
    ...(query.loop === null ? [] : [`    ${colors.yellow(query.loop.verdict)} in the loop at line ${query.loop.line}`]),
    ...query.statements.flatMap((statement) => statementLines(statement, style)),
  ];
}

function statementLines(statement: StatementReport, { colors, width }: QueriesStyle): string[] {
  const rows = statement.rowsRead === undefined ? [] : [`      ${colors.dim(rowsRead(statement.rowsRead))}`];
  return [
    `    ${oneLine(statement.sql, width - 4)}`,
    ...(statement.error === undefined ? [] : [`      ${colors.red(plain(statement.error))}`]),
    ...planLines(statement.plan, colors).map((line) => `      ${line}`),
    ...rows,
  ];
}
