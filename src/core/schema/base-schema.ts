// Decides whether a schema file stands before the migrations: yes, where they cannot run without what it defines. A dump
// beside migrations that run by themselves only adds the tables that none of them makes. SQL of another engine is
// never a base.

import { parseStep, readSteps } from "./migration-steps";
import type { Steps } from "./migration-steps";
import type { MigrationOutcome, Run } from "./replay";
import type { SourceFile } from "./sources";
import type { World } from "./world";

export interface Choice {
  readonly run: Run;
  readonly base: string | undefined;
}

/** @param replayOn Replays the migrations after the given base. */
export function chooseBase(without: Run, migrations: readonly Steps[], candidates: readonly SourceFile[], replayOn: (base: Steps) => Run): Choice {
  const missing = missingTables(without.outcomes);
  if (migrations.length > 0 && missing.size === 0) return { run: without, base: undefined };
  for (const candidate of candidates) {
    if (isForeignDialect(candidate.text)) continue;
    const base = readSteps(candidate);
    const defined = definedTables(base);
    const wanted = migrations.length === 0 ? defined.size > 0 : [...missing].some((name) => defined.has(name));
    if (!wanted) continue;
    const run = replayOn(base);
    if (migrations.length === 0 || failuresOf(run) < failuresOf(without)) {
      close(without);
      return { run, base: candidate.path };
    }
    close(run);
  }
  // The only file there is, though nothing in it can be read yet: its errors are worth more than silence.
  const only = migrations.length === 0 ? candidates.find(({ text }) => !isForeignDialect(text) && /\bcreate\s+table\b/i.test(text)) : undefined;
  if (only === undefined) return { run: without, base: undefined };
  close(without);
  return { run: replayOn(readSteps(only)), base: only.path };
}

/** Adds the tables that no migration makes, with their indexes and triggers, since the code may use them. */
export function completeFrom(model: World, migrations: readonly Steps[], candidates: readonly SourceFile[]): string | undefined {
  const made = new Set(migrations.flatMap((file) => [...definedTables(file)]));
  for (const candidate of candidates) {
    if (isForeignDialect(candidate.text)) continue;
    const base = readSteps(candidate);
    const missing = new Set([...definedTables(base)].filter((name) => !made.has(name) && !model.origins.tables.has(name)));
    if (missing.size === 0) continue;
    const steps = base.steps.filter((step) => missing.has(tableOf(step) ?? ""));
    model.salvage({ ...base, steps, refusal: undefined });
    return candidate.path;
  }
  return undefined;
}

const tablesFirst = [/^Create(?:Virtual)?TableStmt$/, /^AlterTableStmt$/, /^Create(?:Index|Trigger)Stmt$/];

/**
 * Adds the tables that only other SQL files of the project make, with the columns, indexes and triggers that these give
 * them; where there are no migrations, also what they give to the tables of the base schema.
 */
export function completeFromOthers(model: World, migrations: readonly Steps[], others: readonly SourceFile[]): void {
  const files = others.filter(({ text }) => !isForeignDialect(text)).map(readSteps);
  const made = new Set(migrations.flatMap((file) => [...definedTables(file)]));
  const missing = new Set(files.flatMap((file) => [...definedTables(file)]).filter((name) => !made.has(name) && !model.origins.tables.has(name)));
  const counts = (name: string | undefined): boolean => name !== undefined && (missing.has(name) || (migrations.length === 0 && model.origins.tables.has(name)));
  for (const wanted of tablesFirst) {
    for (const file of files) {
      const steps = file.steps.filter((step) => wanted.test(parseStep(step)?.type ?? "") && counts(tableOf(step)));
      model.salvage({ file: file.file, steps, hidesNote: false, isDataLeftOut: false, refusal: undefined });
    }
  }
}

/** Names in lower case of the tables that a file creates or renames to. */
export function definedTables(file: Steps): Set<string> {
  const names = new Set<string>();
  for (const step of file.steps) {
    const statement = parseStep(step);
    if (statement?.type === "CreateTableStmt" || statement?.type === "CreateVirtualTableStmt") names.add(statement.tblName.objName.text.toLowerCase());
    if (statement?.type === "AlterTableStmt" && statement.body.type === "RenameToAlterTableBody") names.add(statement.body.name.text.toLowerCase());
  }
  return names;
}

function tableOf(step: Steps["steps"][number]): string | undefined {
  const statement = step.kind === "additive" ? parseStep(step) : undefined;
  switch (statement?.type) {
    case "CreateTableStmt":
    case "CreateVirtualTableStmt":
    case "CreateTriggerStmt":
      return statement.tblName.objName.text.toLowerCase();
    case "CreateIndexStmt":
      return statement.tblName.text.toLowerCase();
    case "AlterTableStmt":
      return statement.tblName.objName.text.toLowerCase();
    default:
      return undefined;
  }
}

function missingTables(outcomes: readonly MigrationOutcome[]): Set<string> {
  const names = outcomes.flatMap((outcome) => outcome.failures.flatMap((one) => /no such table: (?:main\.)?(.+)$/.exec(one.message)?.[1] ?? []));
  return new Set(names.map((name) => name.toLowerCase()));
}

function failuresOf(run: Run): number {
  return run.outcomes.filter((outcome) => outcome.failures.length > 0).length;
}

function close(run: Run): void {
  run.strict.db.close();
  if (run.model !== run.strict) run.model.db.close();
}

/** Words that PostgreSQL and MySQL dumps have and SQLite schemas have not, outside strings and comments. */
export function isForeignDialect(text: string): boolean {
  const code = text.replace(/--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'/g, " ");
  return /\b(BIG|SMALL)?SERIAL\b|\bAUTO_INCREMENT\b|\bENGINE\s*=|::\s*\w|\bTIMESTAMPTZ\b|\bBYTEA\b|\bCREATE\s+(EXTENSION|TYPE|SCHEMA|DATABASE)\b|\bOWNER\s+TO\b|\$\$|\bUNSIGNED\b/i.test(code);
}
