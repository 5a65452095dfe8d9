// All that the code of a project sends to one database, as the choice of indexes wants it: each statement with how often
// it is sent and from where, what triggers add to it, and what is written.

import type { Workload, WorkloadQuery, WorkloadWrite } from "../planner/workload";
import type { Schema } from "../schema/schema";
import { parseStatement, statementKey } from "../sql/statement";
import type { Statement, StatementKind } from "../sql/statement";
import { triggerCommands } from "../sql/trigger-commands";
import { LineIndex } from "../text/line-index";
import type { ReviewedDatabase } from "./databases";
import type { FileReview, JudgedSite } from "./file-review";
import { isTooling } from "./tooling";

export interface CodePlace {
  readonly file: string;
  readonly line: number;
}

export interface RepositoryWorkload extends Workload {
  /** Where each statement is sent from, by its `statementKey`; of a trigger's, where the trigger is made. */
  readonly places: ReadonlyMap<string, readonly CodePlace[]>;
}

/** A statement in a loop is sent about this often for one that is not. */
const TURNS = 10;
/** A statement of a scheduled job is sent about this often for one of a request. */
const SCHEDULED_SHARE = 0.1;
/** Triggers that fire triggers end somewhere. */
const DEEPEST = 4;

export interface WorkloadFacts {
  /** Line of an offset in a file, from 1. */
  lineOf(file: string, offset: number): number;
  /** Recorded calls of a statement, beside those of others; undefined where there is no record of it. */
  calls?(sql: string): number | undefined;
}

export function repositoryWorkload(database: ReviewedDatabase, reviews: readonly FileReview[], facts: WorkloadFacts): RepositoryWorkload {
  const collected = new Collected(database.schema, facts);
  for (const { file, sites } of reviews) {
    // Nobody pays for a script each day.
    if (isTooling(file.path)) continue;
    const lines = new LineIndex(file.text);
    for (const site of sites) {
      const statements = site.statements.filter((judged) => judged.database === database && judged.verdict !== undefined && "plan" in judged.verdict);
      const place = { file: file.path, line: lines.place(site.site.name.start).line };
      for (const { fact } of statements) {
        if (!fact.statement.ok) continue;
        collected.add(fact.statement, collected.recorded(fact.statement.text) ?? turns(site, file.path) / statements.length, place);
      }
    }
  }
  return collected;
}

function turns({ site, loops }: JudgedSite, path: string): number {
  const inLoop = loops.some(({ verdict }) => verdict === "n+1" || verdict === "write-loop" || verdict === "mixed-loop");
  const isScheduled = SCHEDULED.test(site.functionName ?? "") || SCHEDULED.test(path);
  return (inLoop ? TURNS : 1) * (isScheduled ? SCHEDULED_SHARE : 1);
}

/** A clock sends it, not the visitors. */
const SCHEDULED = /(?:^|[./_-])(?:scheduled|cron(?:s|job|jobs)?)(?![a-z])|handleCron|onScheduled|cronHandler/i;

class Collected implements RepositoryWorkload {
  readonly queries: WorkloadQuery[] = [];
  readonly writes: WorkloadWrite[] = [];
  readonly places = new Map<string, CodePlace[]>();
  readonly #schema: Schema;
  readonly #facts: WorkloadFacts;
  readonly #triggers = new Map<string, readonly Statement[]>();
  readonly #counted = new Set<string>();

  constructor(schema: Schema, facts: WorkloadFacts) {
    this.#schema = schema;
    this.#facts = facts;
  }

  /** Calls are recorded of a text, wherever it is sent from: the first place counts them all. */
  recorded(sql: string): number | undefined {
    const calls = this.#facts.calls?.(sql);
    if (calls === undefined || !this.#counted.has(sql)) {
      this.#counted.add(sql);
      return calls;
    }
    return 0;
  }

  add(statement: Statement, weight: number, place: CodePlace | undefined, depth = 0): void {
    this.queries.push({ statement, weight });
    if (place !== undefined) {
      const key = statementKey(statement);
      const known = this.places.get(key) ?? [];
      if (!known.some(({ file, line }) => file === place.file && line === place.line)) known.push(place);
      this.places.set(key, known);
    }
    const { ast } = statement;
    if (ast.type !== "InsertStmt" && ast.type !== "UpdateStmt" && ast.type !== "DeleteStmt") return;
    const table = ast.tblName.objName.text;
    if (ast.type === "InsertStmt") this.writes.push({ table, columns: undefined, weight });
    if (ast.type === "UpdateStmt") this.writes.push({ table, columns: new Set(ast.sets.flatMap(({ colNames }) => colNames.map(({ text }) => text.toLowerCase()))), weight });
    if (depth < DEEPEST) this.#fire(table, statement.kind, weight, depth);
  }

  #fire(table: string, event: StatementKind, weight: number, depth: number): void {
    for (const trigger of this.#schema.triggers) {
      if (trigger.table.toLowerCase() !== table.toLowerCase()) continue;
      const { origin } = trigger;
      const place = origin === undefined ? undefined : { file: origin.file, line: this.#facts.lineOf(origin.file, origin.span.start) };
      for (const statement of this.#statementsOf(trigger.sql, event)) this.add(statement, weight, place, depth + 1);
    }
  }

  #statementsOf(sql: string, event: StatementKind): readonly Statement[] {
    const key = `${event} ${sql}`;
    const known = this.#triggers.get(key);
    if (known !== undefined) return known;
    const commands = triggerCommands(sql).filter((command) => command.event === event);
    const statements = commands.map((command) => parseStatement(command.sql)).filter((statement) => statement.ok);
    this.#triggers.set(key, statements);
    return statements;
  }
}
