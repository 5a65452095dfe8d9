// `INSERT … SELECT *` goes by position. In a rebuild the two tables mean the same columns, so a name that stands at
// another place gets the values of its neighbour, without an error while the types allow it.

import type { AstNode, InsertStmt } from "sqlite3-parser";
import type { TableCopy } from "../migration/table-lives";
import { quoteName } from "../planner/proposed-index";
import type { Step } from "../schema/migration-steps";
import { findTable } from "../schema/schema";
import type { Column, Table } from "../schema/schema";
import { namedTables } from "../sql/named-tables";
import { nodesOf } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { isSame, ownFailures, rebuildsOf } from "./migration-parts";
import docs from "./rebuild-column-order.md";
import { migrationRule } from "./rule";
import type { MigrationSubject, RuleFix } from "./rule";

export const rebuildColumnOrder = migrationRule({
  id: "rebuild-column-order",
  summary: "SELECT * into a table with another order of columns",
  severity: "warning",
  docs,
  *check(subject) {
    const failures = ownFailures(subject, "rebuild-column-order", /^(?:INSERT|REPLACE)\b[^]*\bSELECT\b[^]*\*/i);
    for (const { step, message } of failures) {
      const star = starOf(subject, step);
      yield {
        span: step.span,
        severity: "error",
        message: star === undefined ? `This INSERT fails: ${message}` : `\`SELECT *\` gives ${star.from.length} columns and \`${star.into.name}\` takes ${star.to.length}, so that this INSERT fails`,
        why: star === undefined ? undefinedWhy : difference(star),
        data: { error: message },
        fixes: () => (star === undefined ? [] : explicit(star)),
      };
    }
    for (const copy of ownCopies(subject)) {
      const star = failures.some(({ step }) => step === copy.step) ? undefined : starOf(subject, copy.step);
      const moved = star === undefined ? undefined : firstMoved(star);
      if (star === undefined || moved === undefined) continue;
      yield {
        span: copy.step.span,
        message: `\`SELECT *\` puts \`${moved.from}\` into \`${moved.to}\`: \`${star.source.name}\` has its columns in another order than \`${star.into.name}\``,
        why: `Columns go by position, not by name: ${star.from.map(({ name }) => name).join(", ")} into ${star.to.join(", ")}`,
        data: { from: star.source.name, into: star.into.name },
        fixes: () => explicit(star),
      };
    }
  },
});

const undefinedWhy = "Columns go by position, so both tables must have as many";

interface Star {
  readonly step: Step;
  readonly statement: Statement;
  readonly ast: InsertStmt;
  readonly source: Table;
  readonly into: Table;
  /** All columns that `*` gives. */
  readonly from: readonly Column[];
  /** Names of the columns that are filled. */
  readonly to: readonly string[];
}

/** Copies that are part of a rebuild, or put rows back. */
function ownCopies(subject: MigrationSubject): readonly Pick<TableCopy, "step">[] {
  const { rebuilds, saved, lives } = rebuildsOf(subject);
  const own = new Set([...rebuilds.flatMap(({ copy, save }) => [copy, save]), ...saved.flatMap(({ save, putBack }) => [save, putBack])]);
  return lives.all.flatMap(({ copies }) => copies).filter(({ step, columns }) => columns === "star" && own.has(step) && /^(?:INSERT|REPLACE)\b/i.test(step.text));
}

/** Undefined where it is no `INSERT … SELECT * FROM` one table, or a table is not known. */
function starOf(subject: MigrationSubject, step: Step): Star | undefined {
  const statement = subject.parsed(step);
  if (!statement.ok || statement.ast.type !== "InsertStmt" || statement.ast.body.type !== "SelectInsertBody") return undefined;
  const { ast } = statement;
  const [name, ...others] = namedTables(statement).filter((one) => !isSame(one, ast.tblName.objName.text));
  if (name === undefined || others.length > 0) return undefined;
  const schema = subject.course().at(step);
  const source = findTable(schema, name);
  const into = findTable(schema, ast.tblName.objName.text);
  if (source === undefined || into === undefined) return undefined;
  const to = ast.columns?.map(({ text }) => text) ?? into.columns.filter(({ generated }) => !generated).map((column) => column.name);
  return { step, statement, ast, source, into, from: source.columns, to };
}

/** The first name that both tables have, at different places. New names may rightly take the place of old ones. */
function firstMoved({ from, to }: Star): { readonly from: string; readonly to: string } | undefined {
  const at = from.findIndex(({ name }, place) => to[place] !== undefined && !isSame(name, to[place]) && (to.some((other) => isSame(other, name)) || from.some((other) => isSame(other.name, to[place]!))));
  return at < 0 ? undefined : { from: from[at]!.name, to: to[at]! };
}

function difference({ from, to, source, into }: Star): string {
  const missing = from.filter(({ name }) => !to.some((other) => isSame(other, name))).map(({ name }) => name);
  const added = to.filter((name) => !from.some((column) => isSame(column.name, name)));
  const parts = [missing.length > 0 ? `only \`${source.name}\` has ${missing.join(", ")}` : "", added.length > 0 ? `only \`${into.name}\` has ${added.join(", ")}` : ""];
  return parts.filter((part) => part !== "").join("; ") || undefinedWhy;
}

/** By name. None where a column of the new table would stay empty that must not, or the statement has its own list. */
function explicit({ statement, ast, from, to, into, step }: Star): readonly RuleFix[] {
  const shared = to.filter((name) => from.some((column) => isSame(column.name, name)));
  const needed = into.columns.filter(({ notNull, defaultValue, rowidAlias, generated }) => notNull && defaultValue === undefined && !rowidAlias && !generated);
  const stars = nodesOf(ast as AstNode).filter((node) => node.type === "StarResultColumn" || node.type === "TableStarResultColumn");
  if (shared.length === 0 || stars.length !== 1 || (ast.columns !== undefined && shared.length < to.length) || needed.some(({ name }) => !shared.some((one) => isSame(one, name)))) return [];
  const list = shared.map(quoteName).join(", ");
  const shift = (span: { readonly start: number; readonly end: number }) => ({ start: step.span.start + span.start, end: step.span.start + span.end });
  const head = statement.spanOf(ast.tblName).end;
  const edits = [
    ...(ast.columns === undefined ? [{ span: shift({ start: head, end: head }), newText: ` (${list})` }] : []),
    { span: shift(statement.spanOf(stars[0]!)), newText: list },
  ];
  return [{ title: "Copy the columns by their names", safety: "review", edits }];
}
