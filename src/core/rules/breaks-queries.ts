// A table or column that a migration drops or renames while statements of the code still use it. SQLite is asked about
// each statement with all migrations applied, so that what a later one brings back breaks nothing.

import { missedBy } from "../migration/broken-queries";
import { findTable, findView } from "../schema/schema";
import { namedTables } from "../sql/named-tables";
import type { Step } from "../schema/migration-steps";
import docs from "./breaks-queries.md";
import { alteredTables, columnsBefore, droppedTables, isSame, rebuildsOf, tableBefore } from "./migration-parts";
import { migrationRule } from "./rule";
import { isString, quotedNames } from "./quoted-names";
import type { KnownQuery, MigrationSubject, RuleFinding } from "./rule";

export const breaksQueries = migrationRule({
  id: "breaks-queries",
  summary: "Dropped or renamed while the code uses it",
  severity: "error",
  docs,
  *check(subject) {
    const losses = [...lossesOf(subject)];
    if (losses.length === 0) return;
    for (const loss of losses) {
      if (subject.later().some((file) => [...lossesOf(file)].some((other) => isSameLoss(other, loss)))) continue;
      const { known } = subject.queries();
      yield* finding(loss, known.filter((query) => isBrokenBy(subject, query, loss)), failing(loss));
      yield* finding(loss, known.filter((query) => isMisread(subject, query, loss)), misreading(loss));
    }
  },
});

interface Words {
  readonly one: string;
  readonly many: string;
  readonly why: string;
}

function* finding({ step, table, column, to }: Loss, queries: readonly KnownQuery[], { one, many, why }: Words): Iterable<RuleFinding> {
  const places = [...new Set(queries.map(({ place }) => place))];
  if (places.length === 0) return;
  const name = column === undefined ? table : `${table}.${column}`;
  yield {
    span: step.span,
    message: `${to === undefined ? `Without \`${name}\`` : `With \`${name}\` renamed to \`${to}\``}, ${places.length === 1 ? `a query of the code ${one}` : `${places.length} queries of the code ${many}`}: ${shown(places)}`,
    why,
    related: queries.flatMap(({ call }) => (call === undefined ? [] : [{ ...call, message: `This query uses \`${name}\`` }])).slice(0, MOST_RELATED),
    data: { table, column, queries: places },
  };
}

function failing({ column }: Loss): Words {
  return { one: "fails", many: "fail", why: `SQLite answers "no such ${column === undefined ? "table" : "column"}" from the moment of the migration on; change the code first, and drop when no deployed version uses it` };
}

function misreading({ column }: Loss): Words {
  const read = `"${column}" as the text '${column}'`;
  return { one: `reads ${read}`, many: `read ${read}`, why: "SQLite takes a name in double quotes that it does not know for a text, and tells of no error: the query runs on, with other rows" };
}

const MOST_RELATED = 20;
const MOST_SHOWN = 3;

function shown(places: readonly string[]): string {
  const more = places.length - MOST_SHOWN;
  return `${places.slice(0, MOST_SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

interface Loss {
  readonly step: Step;
  readonly table: string;
  /** Undefined for the whole table. */
  readonly column: string | undefined;
  readonly to: string | undefined;
}

function isSameLoss(a: Loss, b: Loss): boolean {
  return isSame(a.table, b.table) && isSame(a.column ?? "", b.column ?? "");
}

/** What of before is not there under its name once all migrations are applied. */
function* lossesOf(subject: MigrationSubject): Iterable<Loss> {
  const { schema } = subject.planner;
  const isGone = (table: string): boolean => tableBefore(subject, table) !== undefined && findTable(schema, table) === undefined && findView(schema, table) === undefined;
  const lacks = (table: string, column: string): boolean => findTable(schema, table)?.columns.some(({ name }) => isSame(name, column)) === false;
  for (const { step, ast } of droppedTables(subject)) {
    if (isGone(ast.tblName.objName.text)) yield { step, table: ast.tblName.objName.text, column: undefined, to: undefined };
  }
  for (const { step, ast } of alteredTables(subject)) {
    const table = ast.tblName.objName.text;
    const { body } = ast;
    if (body.type === "RenameToAlterTableBody" && isGone(table)) yield { step, table, column: undefined, to: body.name.text };
    else if (body.type === "DropColumnAlterTableBody" && lacks(table, body.column.text)) yield { step, table, column: body.column.text, to: undefined };
    else if (body.type === "RenameColumnAlterTableBody" && lacks(table, body.old.text)) yield { step, table, column: body.old.text, to: body.new.text };
  }
  for (const { table, drop, create } of rebuildsOf(subject).rebuilds) {
    const now = findTable(schema, table);
    if (now === undefined || now.kind === "virtual") continue;
    for (const column of columnsBefore(subject, table)) if (lacks(table, column)) yield { step: drop ?? create, table, column, to: undefined };
  }
}

function isBrokenBy({ planner }: MigrationSubject, { statement, partial, plan }: KnownQuery, { table, column }: Loss): boolean {
  if (plan !== undefined || partial || !statement.ok || !statement.text.toLowerCase().includes((column ?? table).toLowerCase())) return false;
  const verdict = planner.judge(statement);
  if ("plan" in verdict) return false;
  return missedBy(statement, verdict.message).some((missed) => isSame(missed.table, table) && isSame(missed.column ?? "", column ?? ""));
}

/** SQLite has turned `"column"`, which stands for no other name, from a column into a text. */
function isMisread({ planner }: MigrationSubject, { statement, partial, plan }: KnownQuery, { table, column }: Loss): boolean {
  if (plan === undefined || partial || column === undefined || !statement.ok || !statement.text.includes('"')) return false;
  if (!namedTables(statement).some((name) => isSame(name, table))) return false;
  return quotedNames(statement).some(({ name, span }) => isSame(name, column) && isString(planner, statement, name, span));
}
