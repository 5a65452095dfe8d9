// Holds every index finding to its word: the indexes that it names are made by a migration more, the schema is replayed,
// and SQLite must then use each of them for that query, which must cost what was promised. Only the finding's data is
// read; how the advice came about is not trusted.

import type { Analysis, FileResult } from "../../src/core/analysis/analysis";
import type { ReviewedDatabase } from "../../src/core/analysis/databases";
import type { JudgedStatement } from "../../src/core/analysis/file-review";
import type { Snapshot } from "../../src/core/analysis/snapshot";
import { allNodes } from "../../src/core/planner/plan";
import { quoteName } from "../../src/core/planner/proposed-index";
import type { JudgedPlan } from "../../src/core/planner/planner";
import type { Finding } from "../../src/core/rules/finding";
import type { DatabaseSource } from "../../src/core/schema/sources";
import { parseStatement } from "../../src/core/sql/statement";
import { splitStatements } from "../../src/core/sql/split";

export interface Proof {
  readonly finding: Finding;
  /** What was promised and did not come; empty where all is well. */
  readonly broken: readonly string[];
}

interface IndexData {
  readonly table: string;
  readonly columns: readonly string[];
  /** One CREATE INDEX, or several that help together. */
  readonly index: string;
  readonly costBefore: number;
  readonly costAfter: number;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
}

/** One proof for each index finding. `analysis` is used for changed snapshots, so that facts of files are not read anew. */
export function proveIndexes(analysis: Analysis, snapshot: Snapshot, results: readonly FileResult[]): readonly Proof[] {
  const claims = results.flatMap((result) => result.findings.flatMap((finding) => claimOf(finding, result, analysis.databases(snapshot)) ?? []));
  const alike = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = JSON.stringify([claim.source, claim.data.index]);
    alike.set(key, [...(alike.get(key) ?? []), claim]);
  }
  return [...alike.values()].flatMap((group) => {
    const { source, data } = group[0]!;
    const changed = withMigration(snapshot, source, data.index);
    const failed = failureOf(analysis, changed);
    return group.map((claim) => ({ finding: claim.finding, broken: failed ?? best(claim.plansAfter(analysis, changed).map((after) => brokenBy(claim.data, after))) }));
  });
}

interface Claim {
  readonly finding: Finding;
  readonly data: IndexData;
  /** Several applications of one folder may share a binding, so the whole source tells them apart. */
  readonly source: DatabaseSource;
  /** The plans, with the indexes made, of the statements that had the finding's plan before. */
  plansAfter(analysis: Analysis, changed: Snapshot): readonly (JudgedPlan | undefined)[];
}

function claimOf(finding: Finding, result: FileResult, databases: readonly ReviewedDatabase[]): Claim | undefined {
  const data = finding.data as unknown as IndexData;
  if (typeof data.index !== "string") return undefined;
  const claim = result.review === undefined ? keyClaim(data, databases) : queryClaim(data, result);
  if (claim === undefined) throw new Error(`${finding.file}: nothing costs what the finding says: ${finding.message}`);
  return { finding, data, ...claim };
}

function queryClaim(data: IndexData, result: FileResult): Omit<Claim, "finding" | "data"> | undefined {
  const places = (result.review?.sites ?? []).flatMap((site, siteAt) =>
    site.statements.flatMap((statement, at) => (hasPrice(planOf(statement), data) ? [{ siteAt, at, source: statement.database!.model.source }] : [])),
  );
  if (places[0] === undefined) return undefined;
  return {
    source: places[0].source,
    plansAfter: (analysis, changed) => {
      const sites = analysis.file(changed, result.file.path)?.review?.sites;
      return places.map(({ siteAt, at }) => planOf(sites?.[siteAt]?.statements[at]));
    },
  };
}

/** A foreign key is looked up as SQLite does it inside. */
function keyClaim(data: IndexData, databases: readonly ReviewedDatabase[]): Omit<Claim, "finding" | "data"> | undefined {
  const lookup = parseStatement(`SELECT 1 FROM ${quoteName(data.table)} WHERE ${data.columns.map((column) => `${quoteName(column)} = ?`).join(" AND ")}`);
  if (!lookup.ok) return undefined;
  const judge = ({ planner }: ReviewedDatabase): JudgedPlan | undefined => {
    const verdict = planner.judge(lookup);
    return "plan" in verdict ? verdict : undefined;
  };
  const owner = databases.find((database) => hasPrice(judge(database), data));
  if (owner === undefined) return undefined;
  return { source: owner.model.source, plansAfter: (analysis, changed) => analysis.databases(changed).filter(hasMigration).map(judge) };
}

function hasPrice(plan: JudgedPlan | undefined, data: IndexData): boolean {
  return plan?.cost === data.costBefore && plan.rowsRead === data.rowsBefore;
}

function planOf(statement: JudgedStatement | undefined): JudgedPlan | undefined {
  return statement?.verdict !== undefined && "plan" in statement.verdict ? statement.verdict : undefined;
}

const migrationPath = "zzzz_proof.sql";

function hasMigration({ model }: ReviewedDatabase): boolean {
  return model.source.migrations.includes(migrationPath);
}

function withMigration(snapshot: Snapshot, wanted: DatabaseSource, index: string): Snapshot {
  return {
    ...snapshot,
    files: new Map([...snapshot.files, [migrationPath, { path: migrationPath, text: `${index};\n`, version: 0 }]]),
    databases: snapshot.databases.map((source) => (source === wanted ? { ...source, migrations: [...source.migrations, migrationPath] } : source)),
  };
}

/** What stops the migration itself, as far as it is not another one before it; then no further questions are needed. */
function failureOf(analysis: Analysis, changed: Snapshot): readonly string[] | undefined {
  const database = analysis.databases(changed).find(hasMigration);
  const outcome = database?.model.migrations.find(({ file }) => file === migrationPath);
  return outcome?.failures.every(({ follows }) => follows) === true ? undefined : [`the migration fails: ${outcome?.failures[0]?.message ?? "it was not run"}`];
}

function brokenBy(data: IndexData, after: JudgedPlan | undefined): readonly string[] {
  if (after === undefined) return ["the query has no plan any more"];
  const used = new Set(allNodes(after.plan).flatMap(({ access }) => ("index" in access && access.index !== undefined ? [access.index] : [])));
  const broken = splitStatements(data.index).flatMap(({ text }) => {
    const name = /INDEX (?:"((?:[^"]|"")+)"|(\S+)) ON/.exec(text);
    return used.has((name?.[1] ?? name?.[2] ?? "").replaceAll('""', '"')) ? [] : [`the planner does not use ${text}`];
  });
  if (!(after.cost < data.costBefore)) broken.push(`it costs ${after.cost}, ${data.costBefore} before`);
  if (!(after.rowsRead < data.rowsBefore)) broken.push(`it reads ${after.rowsRead} rows, ${data.rowsBefore} before`);
  if (after.cost !== data.costAfter || after.rowsRead !== data.rowsAfter) broken.push(`promised ${data.costAfter} units and ${data.rowsAfter} rows, got ${after.cost} and ${after.rowsRead}`);
  return broken;
}

/** Of statements that were alike before, the one of which the finding speaks keeps its promise. */
function best(tried: readonly (readonly string[])[]): readonly string[] {
  return tried.reduce((least, one) => (one.length < least.length ? one : least), tried[0] ?? ["the query has gone"]);
}
