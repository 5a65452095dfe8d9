// What takes one migration back: its statements, how much of it comes back, and the proof. Where the migration loses
// something, also the variant of it that keeps a backup. Files, formats and databases of people are not known here.

import type { Engine } from "../../schema/engine";
import { dataBound, readSteps } from "../../schema/migration-steps";
import type { SourceFile } from "../../schema/sources";
import { openStage } from "../../schema/stage";
import type { Stage } from "../../schema/stage";
import type { Failed, Target } from "../../schema/world";
import { schemaCourse } from "../schema-course";
import { cautionsOf } from "./cautions";
import type { Backups } from "./column-values";
import { columnValues } from "./column-values";
import { backupsFor, dropBackups, keepingStatements, restoreFrom } from "./companion";
import { dataInverse } from "./data-inverse";
import type { DataFacts } from "./data-inverse";
import type { EarlierSteps } from "./insert-back";
import { readLineage } from "./lineage";
import type { Loss } from "./lineage";
import { prove } from "./prove";
import type { Proof, Proving } from "./prove";
import { withBackups } from "./rollback-file";
import { takeSchemaBack } from "./schema-inverse";
import { Script } from "./script";
import type { Line } from "./script";

/**
 * - `exact`: the same schema and the same rows
 * - `structure`: the same schema; what the reasons name cannot come back
 * - `irreversible`: not even that
 */
export type RollbackGrade = "exact" | "structure" | "irreversible";

export interface Rollback {
  readonly grade: RollbackGrade;
  /** Sentences without a full stop. */
  readonly reasons: readonly string[];
  /** It was run and compared. */
  readonly verified: boolean;
  /** Without wrangler's note of the migration, which is for whoever writes the file. */
  readonly lines: readonly Line[];
  /** Something of the rows is lost by the migration itself. */
  readonly losesData: boolean;
  readonly companion: Companion | undefined;
}

/** The migration with backups, whose rollback is exact. A later migration is to drop the backup tables. */
export interface Companion {
  /** The whole text of the migration's file. */
  readonly migration: string;
  readonly backups: readonly string[];
  readonly lines: readonly Line[];
}

export type RollbackResult = { readonly ok: true; readonly rollback: Rollback } | { readonly ok: false; readonly failed: Failed };

export interface RollbackInput {
  readonly engine: Engine;
  readonly stage: Stage;
  readonly target: Target;
  /** Of the migration's file. */
  readonly text: string;
  /** The migrations before it, in order. */
  readonly earlier: EarlierSteps;
}

/** Not made where the migration fails: there is nothing to take back. */
export function makeRollback({ engine, stage, target, text, earlier }: RollbackInput): RollbackResult {
  const failure = failureOf({ engine, stage, target });
  if (failure !== undefined) return { ok: false, failed: failure };
  const facts = readFacts({ engine, stage, target }, earlier);
  const written = write(facts, new Map(), []);
  const rollback = graded(facts, written, text);
  const companion = rollback.grade === "exact" ? undefined : companionOf(facts, written, text);
  return { ok: true, rollback: { ...rollback, companion } };
}

interface Facts extends Proving, DataFacts {}

interface Written {
  readonly lines: readonly Line[];
  readonly losses: readonly Loss[];
  readonly cautions: readonly string[];
  readonly proof: Proof;
  /** Columns that no value fits. */
  readonly missing: readonly string[];
}

function failureOf({ engine, stage, target }: Proving): Failed | undefined {
  const world = openStage(engine, stage, target);
  try {
    return world.apply(stage.file, stage.recordName);
  } finally {
    world.db.close();
  }
}

function readFacts(proving: Proving, earlier: EarlierSteps): Facts {
  const course = schemaCourse(proving.engine, proving.stage, proving.target);
  return { ...proving, before: course.before, after: course.after, lineage: readLineage(proving.stage.file.steps, course), earlier };
}

/** Writes the statements on an empty database of the schema of after, and tries them on rows. */
function write(facts: Facts, backups: Backups, known: readonly Loss[]): Written {
  const { engine, stage, target, before, lineage } = facts;
  const data = dataInverse(facts, backups);
  const world = openStage(engine, stage, target);
  try {
    world.apply(stage.file, stage.recordName);
    const script = new Script(world);
    script.addAll(data.statements, "Takes the changed rows back");
    takeSchemaBack(script, facts, backups, () => restoreFrom(script, backups, known, before));
    dropBackups(script, backups);
    const moves = script.lines.some(({ sql }) => /^DROP TABLE\b|^INSERT\b[^]*\bSELECT\b/i.test(sql));
    const first: readonly Line[] = moves ? [{ sql: "PRAGMA defer_foreign_keys = ON", note: undefined }] : [];
    const lines = [...first, ...script.lines];
    const missing = lineage.descents.flatMap((one) => columnValues(one, before, one.after.name, backups).flatMap(({ column, sql }) => (sql === undefined ? [`${one.before.name}.${column}`] : [])));
    return { lines, losses: data.losses, cautions: data.cautions, proof: prove(facts, lines), missing };
  } finally {
    world.db.close();
  }
}

function graded({ lineage, before, after }: Facts, { lines, losses, cautions: assumed, proof, missing }: Written, text: string): Omit<Rollback, "companion"> {
  const verified = proof.failed === undefined && proof.schema.length === 0 && proof.tried.length > 0;
  const named = [...losses, ...proof.losses.filter((one) => !losses.some((loss) => covers(loss, one)))];
  const unread = text.length > dataBound ? ["The rows that the file inserts were not tried, since they are too many"] : [];
  const reasons = [...new Set(named.map(({ words }) => words))];
  const cautions = [...assumed, ...cautionsOf(lineage, before, after)];
  const untried = proof.tried.includes("none") ? ["The migration fails on made-up rows, so it was tried without rows"] : [];
  const shared = { lines, verified, losesData: named.length > 0 };
  if (missing.length > 0 || !verified) return { ...shared, verified: false, grade: "irreversible", reasons: [...brokenBy(proof, missing), ...reasons] };
  return { ...shared, grade: reasons.length > 0 || unread.length > 0 ? "structure" : "exact", reasons: [...reasons, ...unread, ...untried, ...cautions] };
}

function brokenBy({ failed, schema }: Proof, missing: readonly string[]): readonly string[] {
  if (missing.length > 0) return missing.map((column) => `\`${column}\` must name a row of another table, and which one is not known any more`);
  if (failed !== undefined) return [`Run on rows, ${failed}`];
  return [`The schema does not come back: ${schema.map((name) => `\`${name}\``).join(", ")}`];
}

function covers(loss: Loss, found: Loss): boolean {
  if (loss.table.toLowerCase() !== found.table.toLowerCase()) return false;
  return loss.columns === undefined || (found.columns !== undefined && found.columns.every((column) => loss.columns!.some((one) => one.toLowerCase() === column.toLowerCase())));
}

/** Undefined where even with backups the rollback is not exact. */
function companionOf(facts: Facts, { losses, proof }: Written, text: string): Companion | undefined {
  const { stage, before } = facts;
  const all = [...losses, ...proof.losses];
  const backups = backupsFor(all, before, stage.recordName);
  if (backups.size === 0 || text.length > dataBound) return undefined;
  const keeping = keepingStatements(backups, before);
  const names = [...backups.values()];
  const migration = withBackups(text, keeping, names);
  const file: SourceFile = { path: stage.file.file, text: migration, version: 0 };
  const kept = { ...facts, stage: { ...stage, file: readSteps(file) } };
  const written = write(kept, backups, all);
  const isExact = written.proof.failed === undefined && written.proof.schema.length === 0 && written.proof.losses.length === 0 && written.proof.tried.length > 0;
  const stays = all.some(({ columns }) => columns?.length === 0) && written.losses.some(({ columns }) => columns?.length === 0);
  return isExact && !stays ? { migration, backups: names, lines: written.lines } : undefined;
}
