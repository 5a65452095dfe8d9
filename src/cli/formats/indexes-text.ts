// The indexes of a project for the terminal: what to add with its gain, then what to drop, then what needs a look.

import type { IndexesReport, PlaceReport, RecommendedIndexReport } from "../../protocol/report";
import type { Colors } from "../colors";
import { highlightNames } from "../colors";
import { about, count, grouped, plain } from "../words";

interface Style {
  readonly colors: Colors;
  /** The migration is being made, so that nobody has to be told how. */
  readonly isWriting?: boolean;
  readonly path: (file: string) => string;
}

/** Places that one index shows. */
const MOST_PLACES = 4;

export function indexesText(report: IndexesReport, style: Style): string {
  const { colors } = style;
  const { recommended, leftOut, redundant, unused, foreignKeys, affinity, workload } = report;
  const lines: string[] = [];
  const chapter = (title: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push(colors.bold(title), ...body, "");
  };
  chapter("Recommended", recommended.flatMap((index) => recommendedLines(index, style)));
  chapter("Left out", leftOut.flatMap(({ sql, because, instead }) => [`  ${colors.yellow(plain(sql))}`, `    ${highlightNames(colors, plain(because))}`, ...(instead === null ? [] : [`    in its place: ${plain(instead)}`])]));
  const audit = ({ index, because }: { readonly index: string; readonly because: string }): string => `  ${colors.yellow(plain(index))}  ${highlightNames(colors, plain(because))}`;
  const place = ({ file, line, message }: PlaceReport & { readonly message: string }): string => `  ${plain(style.path(file))}:${line}  ${highlightNames(colors, plain(message))}`;
  chapter("Redundant", redundant.map(audit));
  chapter("Used by no query of this code (other programs may use them)", unused.map(audit));
  chapter("Foreign keys without an index", foreignKeys.map(place));
  chapter("Types that keep an index from being used", affinity.map(place));
  lines.push(`${count(workload.queries, "query", "queries")} planned${recommended.length === 0 ? "; no index is missing" : `; with ${count(recommended.length, "index", "indexes")} more they cost ${percent(workload.costBefore, workload.costAfter)} less and read ${about(workload.rowsAfter)} rows instead of ${about(workload.rowsBefore)}`}`);
  const writable = recommended.filter(({ madeAtRunTime }) => madeAtRunTime !== true).length;
  if (writable > 0 && style.isWriting !== true) lines.push(colors.dim("plumbline indexes --write makes the migration and its rollback file"));
  return `${lines.join("\n")}\n`;
}

function recommendedLines(index: RecommendedIndexReport, { colors, path }: Style): readonly string[] {
  const places = index.serves.slice(0, MOST_PLACES).map(({ file, line }) => `${plain(path(file))}:${line}`);
  const more = index.serves.length > MOST_PLACES ? ` and ${grouped(index.serves.length - MOST_PLACES)} more` : "";
  return [
    `  ${colors.green(plain(index.sql))}`,
    `    cost ${percent(index.costBefore, index.costAfter)} less, rows read ${about(index.rowsBefore)} → ${about(index.rowsAfter)}, ${index.writesPerInsert === 0 ? "no" : index.writesPerInsert} more written for each insert, about ${bytes(index.bytes)}`,
    ...(places.length === 0 ? [] : [`    serves ${places.join(", ")}${more}`]),
    ...(index.madeAtRunTime === true ? ["    the code makes this table when it runs: make the index there"] : []),
    ...(index.replaces.length === 0 ? [] : [`    takes the place of ${index.replaces.map(plain).join(", ")}`]),
    ...(index.insteadOf ?? []).map(({ sql, places: of }) => `    serves what ${plain(of.map(({ file, line }) => `${path(file)}:${line}`).slice(0, MOST_PLACES).join(", "))} alone would get as ${plain(sql)}`),
    ...(index.withoutStatistics === undefined ? [] : [`    ${highlightNames(colors, plain(index.withoutStatistics))}`]),
    `    ${colors.dim(highlightNames(colors, plain(index.statistics)))}`,
  ];
}

function percent(before: number, after: number): string {
  return before <= 0 ? "0%" : `${Math.max(0, Math.round((1 - after / before) * 100))}%`;
}

function bytes(value: number): string {
  return value < 1_000_000 ? `${grouped(Math.max(1, Math.round(value / 1_000)))} kB` : `${(value / 1_000_000).toFixed(1)} MB`;
}
