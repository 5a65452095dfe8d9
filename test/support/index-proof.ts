// Holds every index finding to its word: its migration is added to the project, the schema is replayed, and SQLite must
// then use the index for that query and the whole query must cost less. Nothing of the advice itself is trusted.

import type { Analysis, FileResult } from "../../src/core/analysis/analysis";
import type { ReviewedDatabase } from "../../src/core/analysis/databases";
import type { JudgedStatement } from "../../src/core/analysis/file-review";
import type { Snapshot } from "../../src/core/analysis/snapshot";
import { quoteName } from "../../src/core/planner/planner";
import type { JudgedPlan } from "../../src/core/planner/planner";
import type { Finding } from "../../src/core/rules/finding";
import { parseStatement } from "../../src/core/sql/statement";

export interface Proof {
  readonly finding: Finding;
  /** The index of the finding and, where its query needs several, those that were advised before it. */
  readonly indexes: readonly string[];
  /** What was promised and did not come; empty where all is well. */
  readonly broken: readonly string[];
}

/** The columns of an index finding's data that a proof reads. */
interface IndexData {
  readonly table: string;
  readonly columns: readonly string[];
  readonly index: string;
  readonly costBefore: number;
  readonly costAfter: number;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
}

/** One proof for each index finding. `analysis` is used for changed snapshots, so that facts of files are not read anew. */
export function proveIndexes(analysis: Analysis, snapshot: Snapshot, results: readonly FileResult[]): readonly Proof[] {
  const claims = results.flatMap((result) => result.findings.flatMap((finding) => claimOf(finding, result, analysis.databases(snapshot)) ?? []));
  const byIndexes = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = JSON.stringify([claim.binding, claim.indexes]);
    byIndexes.set(key, [...(byIndexes.get(key) ?? []), claim]);
  }
  const proofs: Proof[] = [];
  for (const alike of byIndexes.values()) {
    const { binding, indexes } = alike[0]!;
    const changed = withMigration(snapshot, binding, indexes);
    const failed = failureOf(analysis, changed, binding);
    for (const claim of alike) proofs.push({ finding: claim.finding, indexes, broken: failed ?? check(claim, claim.after(analysis, changed)) });
  }
  return proofs;
}

interface Claim {
  readonly finding: Finding;
  readonly binding: string;
  readonly indexes: readonly string[];
  /** The price without any of the indexes. */
  readonly before: JudgedPlan;
  after(analysis: Analysis, changed: Snapshot): JudgedPlan | undefined;
}

function claimOf(finding: Finding, result: FileResult, databases: readonly ReviewedDatabase[]): Claim | undefined {
  const data = finding.data as Partial<IndexData>;
  if (typeof data.index !== "string") return undefined;
  return result.review === undefined ? keyClaim(finding, databases) : queryClaim(finding, result);
}

function queryClaim(finding: Finding, result: FileResult): Claim {
  const { index, costBefore, costAfter } = finding.data as unknown as IndexData;
  for (const [siteAt, site] of (result.review?.sites ?? []).entries()) {
    for (const [at, statement] of site.statements.entries()) {
      const position = statement.advice().findIndex((advice) => advice.planBefore.cost === costBefore && advice.planAfter.cost === costAfter && index.includes(` ON ${quoteName(advice.index.table)} (`));
      if (position < 0 || statement.verdict === undefined || !("plan" in statement.verdict)) continue;
      return {
        finding,
        binding: statement.database!.model.source.binding,
        indexes: statement.advice().slice(0, position + 1).map((advice) => indexSql(advice.index)),
        before: statement.verdict,
        after: (analysis, changed) => planOf(analysis.file(changed, result.file.path)?.review?.sites[siteAt]?.statements[at]),
      };
    }
  }
  throw new Error(`no statement of ${result.file.path} has the advice of its finding: ${finding.message}`);
}

/** A foreign key is looked up as SQLite does it inside. */
function keyClaim(finding: Finding, databases: readonly ReviewedDatabase[]): Claim {
  const { table, columns } = finding.data as unknown as IndexData;
  const lookup = parseStatement(`SELECT 1 FROM ${quoteName(table)} WHERE ${columns.map((column) => `${quoteName(column)} = ?`).join(" AND ")}`);
  const judge = (all: readonly ReviewedDatabase[], binding: string | undefined): { readonly binding: string; readonly plan: JudgedPlan } | undefined => {
    for (const { model, planner } of all) {
      if (!lookup.ok || (binding !== undefined && model.source.binding !== binding)) continue;
      const verdict = planner.judge(lookup);
      if ("plan" in verdict) return { binding: model.source.binding, plan: verdict };
    }
    return undefined;
  };
  const before = judge(databases, undefined);
  if (before === undefined) throw new Error(`no database can look up ${finding.message}`);
  return {
    finding,
    binding: before.binding,
    indexes: [indexSql({ table, columns: columns.map((column) => ({ column, descending: false })) })],
    before: before.plan,
    after: (analysis, changed) => judge(analysis.databases(changed), before.binding)?.plan,
  };
}

function planOf(statement: JudgedStatement | undefined): JudgedPlan | undefined {
  return statement?.verdict !== undefined && "plan" in statement.verdict ? statement.verdict : undefined;
}

const provenName = (at: number): string => `proven_index_${at}`;

function indexSql({ table, columns }: { readonly table: string; readonly columns: readonly { readonly column: string; readonly descending: boolean }[] }): string {
  return `ON ${quoteName(table)} (${columns.map(({ column, descending }) => quoteName(column) + (descending ? " DESC" : "")).join(", ")})`;
}

const migrationPath = "zzzz_proof.sql";

/** What stops the migration, which then needs no further questions. */
function failureOf(analysis: Analysis, changed: Snapshot, binding: string): readonly string[] | undefined {
  const database = analysis.databases(changed).find(({ model }) => model.source.binding === binding);
  const outcome = database?.model.migrations.find(({ file }) => file === migrationPath);
  return outcome?.status === "applied" ? undefined : [`the migration fails: ${outcome?.failures[0]?.message ?? "it was not run"}`];
}

function withMigration(snapshot: Snapshot, binding: string, indexes: readonly string[]): Snapshot {
  const path = migrationPath;
  const text = indexes.map((index, at) => `CREATE INDEX ${provenName(at)} ${index};\n`).join("");
  return {
    ...snapshot,
    files: new Map([...snapshot.files, [path, { path, text, version: 0 }]]),
    databases: snapshot.databases.map((source) => (source.binding === binding ? { ...source, migrations: [...source.migrations, path] } : source)),
  };
}

function check({ finding, indexes, before }: Claim, after: JudgedPlan | undefined): readonly string[] {
  const data = finding.data as unknown as IndexData;
  if (after === undefined) return ["the query has no plan any more"];
  const details = JSON.stringify(after.plan);
  const own = indexes.length - 1;
  const broken: string[] = [];
  if (!finding.data["index"]!.toString().endsWith(indexes[own]!)) broken.push(`the finding says ${String(data.index)}, its advice ${indexes[own]!}`);
  for (const at of indexes.keys()) if (!new RegExp(`INDEX ${provenName(at)}\\b`).test(details)) broken.push(`the planner does not use ${indexes[at]!}`);
  if (!(after.cost < before.cost)) broken.push(`it costs ${after.cost}, ${before.cost} before`);
  if (!(after.rowsRead < before.rowsRead)) broken.push(`it reads ${after.rowsRead} rows, ${before.rowsRead} before`);
  if (after.cost !== data.costAfter || after.rowsRead !== data.rowsAfter) broken.push(`promised ${data.costAfter} units and ${data.rowsAfter} rows, got ${after.cost} and ${after.rowsRead}`);
  return broken;
}
