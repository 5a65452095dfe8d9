// What every fix must keep: the text parses, no literal changes its quotes, and an index does what its finding promised.

import assert from "node:assert/strict";
import ts from "typescript";
import { GATHER_STATISTICS, quoteName } from "../../src/core/planner/proposed-index";
import type { JudgedPlan, Planner } from "../../src/core/planner/planner";
import { allNodes } from "../../src/core/planner/plan";
import type { Finding } from "../../src/core/rules/finding";
import { parseStatement } from "../../src/core/sql/statement";
import { splitStatements } from "../../src/core/sql/split";
import type { Review } from "./review";

/** No error of syntax that was not there before. */
export function assertParses(path: string, before: string | undefined, after: string): void {
  if (path.endsWith(".sql")) {
    for (const part of splitStatements(after)) {
      const parsed = parseStatement(part.text);
      assert.ok(parsed.ok, `${path} does not parse as SQL: ${part.text}`);
    }
  } else if (/\.[cm]?[jt]sx?$/.test(path)) {
    const known = before === undefined ? [] : syntaxErrors(path, before);
    assert.deepEqual(syntaxErrors(path, after).filter((error) => !known.includes(error)), [], `${path} no longer parses`);
  }
}

/** As many literals of each kind of quote as before, so that no edit has opened, closed or changed one. */
export function assertLiteralsSurvive(path: string, before: string, after: string): void {
  if (/\.[cm]?[jt]sx?$/.test(path)) assert.equal(quotes(path, after), quotes(path, before), `${path}: quotes differ`);
}

/** No kind of quote that the file did not have. */
export function assertQuotesAreKnown(path: string, before: string, after: string): void {
  const kinds = (text: string): string => quotes(path, text).replace(/ \d+/g, "");
  assert.deepEqual(kinds(after).split(", ").filter((kind) => !kinds(before).split(", ").includes(kind)), [], `${path}: a new kind of quote`);
}

/** The planner uses the index of the finding's migration for what the finding spoke of, at the promised price. */
export function assertIndexKeepsPromise({ snapshot, analysis }: Review, finding: Finding, sql: string): void {
  const data = finding.data as { readonly table: string; readonly columns: readonly string[]; readonly index: string; readonly costBefore: number; readonly costAfter: number; readonly rowsBefore: number; readonly rowsAfter: number };
  assert.ok(sql.endsWith(`${data.index};\n\n${GATHER_STATISTICS}`), `the migration makes another index than the finding says: ${sql}`);
  const name = /INDEX ("[^"]+"|\S+) ON/.exec(data.index)![1]!.replaceAll('"', "");
  const [database] = analysis.databases(snapshot);
  const made = database!.schema.indexes.find((index) => index.name === name);
  assert.ok(made !== undefined, `the migration did not make ${name}`);
  assert.deepEqual(made.parts.map((part) => part.column ?? part.expression), data.columns);
  const plans = [...plansOf(snapshot.code.flatMap((path) => analysis.file(snapshot, path)?.review?.sites ?? [])), ...lookup(database!.planner, data)];
  const using = plans.filter((plan) => allNodes(plan.plan).some((node) => new RegExp(`INDEX ${name}\\b`).test(node.detail)));
  assert.ok(using.length > 0, `no plan uses ${name}: ${plans.flatMap((plan) => allNodes(plan.plan).map((node) => node.detail)).join("; ")}`);
  assert.ok(data.costAfter < data.costBefore && data.rowsAfter < data.rowsBefore, "the finding itself promises nothing");
  assert.ok(
    using.some((plan) => plan.cost === data.costAfter && plan.rowsRead === data.rowsAfter),
    `promised ${data.costAfter} units and ${data.rowsAfter} rows, got ${using.map((plan) => `${plan.cost} and ${plan.rowsRead}`).join("; ")}`,
  );
}

/** The rows that each query reads, by its text. */
export function rowsOf({ snapshot, analysis }: Review): ReadonlyMap<string, number> {
  const sites = snapshot.code.flatMap((path) => analysis.file(snapshot, path)?.review?.sites ?? []);
  return new Map(sites.flatMap((site) => site.statements.flatMap(({ fact, verdict }) => (verdict !== undefined && "plan" in verdict ? [[fact.statement.text, verdict.rowsRead] as const] : []))));
}

/** What takes an index away leaves every query as it was. */
export function assertNothingIsDearer(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): void {
  assert.deepEqual([...after].filter(([sql, rows]) => rows > (before.get(sql) ?? 0)), [], "a query reads more rows");
}

type Sites = NonNullable<NonNullable<ReturnType<Review["analysis"]["file"]>>["review"]>["sites"];

function plansOf(sites: Sites): readonly JudgedPlan[] {
  return sites.flatMap((site) => site.statements.flatMap(({ verdict }) => (verdict !== undefined && "plan" in verdict ? [verdict] : [])));
}

/** What SQLite runs inside for a foreign key. */
function lookup(planner: Planner, { table, columns }: { readonly table: string; readonly columns: readonly string[] }): readonly JudgedPlan[] {
  const statement = parseStatement(`SELECT 1 FROM ${quoteName(table)} WHERE ${columns.map((column) => `${quoteName(column)} = ?`).join(" AND ")}`);
  const verdict = statement.ok ? planner.judge(statement) : undefined;
  return verdict !== undefined && "plan" in verdict ? [verdict] : [];
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, /x$/.test(path) ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
}

function syntaxErrors(path: string, text: string): readonly string[] {
  const { parseDiagnostics } = parse(path, text) as ts.SourceFile & { readonly parseDiagnostics: readonly ts.Diagnostic[] };
  return parseDiagnostics.map((error) => ts.flattenDiagnosticMessageText(error.messageText, "\n"));
}

function quotes(path: string, text: string): string {
  const file = parse(path, text);
  const count = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const quote = file.text[node.getStart(file)]!;
      count.set(quote, (count.get(quote) ?? 0) + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...count].sort().map(([quote, times]) => `${quote} ${times}`).join(", ");
}
