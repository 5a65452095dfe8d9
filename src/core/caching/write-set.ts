// Which rows a statement changes: those of its own table, and what triggers and foreign keys change with them.

import type { InsertStmt, SetAssignment, UpdateStmt, Upsert } from "sqlite3-parser";
import { findTable, findView } from "../schema/schema";
import type { Schema, Table, Trigger } from "../schema/schema";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { triggerCommands } from "../sql/trigger-commands";

export interface Change {
  /** As the schema spells it; as written where the schema does not know it. */
  readonly table: string;
  readonly event: "insert" | "update" | "delete";
  /** Of an UPDATE: the columns that it sets, and those that are generated, in lower case. */
  readonly columns: ReadonlySet<string> | undefined;
  /** The tables whose change made this one, from the statement's own on; empty for that itself. */
  readonly from: readonly string[];
}

/** Empty for what writes no rows. */
export function changesOf(statement: Statement, schema: Schema): readonly Change[] {
  const ofSchema = known.get(schema) ?? new WeakMap<Statement, readonly Change[]>();
  known.set(schema, ofSchema);
  let found = ofSchema.get(statement);
  if (found === undefined) {
    const followed = new Followed(schema);
    followed.statement(statement, []);
    ofSchema.set(statement, (found = followed.changes));
  }
  return found;
}

const known = new WeakMap<Schema, WeakMap<Statement, readonly Change[]>>();

class Followed {
  readonly changes: Change[] = [];
  readonly #schema: Schema;
  /** A change that was followed once leads to nothing new, so that triggers that fire each other end. */
  readonly #seen = new Set<string>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  statement({ ast }: Statement, from: readonly string[]): void {
    if (ast.type !== "InsertStmt" && ast.type !== "UpdateStmt" && ast.type !== "DeleteStmt") return;
    const name = ast.tblName.objName.text;
    const table = findTable(this.#schema, name);
    if (table === undefined && findView(this.#schema, name) !== undefined) {
      this.#fire({ table: name, event: eventOf[ast.type], columns: ast.type === "UpdateStmt" ? columnsOf(ast.sets) : undefined, from });
      return;
    }
    const shown = table?.name ?? name;
    if (ast.type === "DeleteStmt") return this.#follow({ table: shown, event: "delete", columns: undefined, from });
    if (ast.type === "InsertStmt") this.#follow({ table: shown, event: "insert", columns: undefined, from });
    for (const sets of setsOf(ast)) this.#follow({ table: shown, event: "update", columns: withGenerated(columnsOf(sets), table), from });
    if (replaces(ast, table)) this.#replaced(shown, from);
  }

  /** Rows that give way to others: their children hear of it, triggers do not (`recursive_triggers` is off). */
  #replaced(table: string, from: readonly string[]): void {
    const change: Change = { table, event: "delete", columns: undefined, from };
    if (this.#isNew(change, "replaced")) this.changes.push(change);
    this.#children(change);
  }

  #follow(change: Change): void {
    if (!this.#isNew(change, "")) return;
    this.changes.push(change);
    this.#fire(change);
    this.#children(change);
  }

  #isNew({ table, event, columns }: Change, way: string): boolean {
    const key = [way, table.toLowerCase(), event, ...[...(columns ?? [])].sort()].join("\n");
    const isNew = !this.#seen.has(key);
    this.#seen.add(key);
    return isNew;
  }

  #fire({ table, event, columns, from }: Change): void {
    for (const trigger of this.#schema.triggers) {
      if (trigger.table.toLowerCase() !== table.toLowerCase()) continue;
      for (const command of commandsOf(trigger)) {
        const listens = command.event === event && (command.columns === undefined || columns === undefined || command.columns.some((column) => columns.has(column)));
        if (listens) this.statement(command.statement, [...from, table]);
      }
    }
  }

  /** What foreign keys do to the rows that refer to those that go, or get another key. */
  #children({ table, event, columns, from }: Change): void {
    if (event === "insert") return;
    for (const { child, key } of childrenOf(this.#schema, table)) {
      const action = (event === "delete" ? key.onDelete : key.onUpdate).toUpperCase();
      const isTouched = event === "delete" || columns === undefined || key.parentColumns.length === 0 || key.parentColumns.some((column) => columns.has(column.toLowerCase()));
      if (!isTouched || (action !== "CASCADE" && action !== "SET NULL" && action !== "SET DEFAULT")) continue;
      const own = withGenerated(new Set(key.columns.map((column) => column.toLowerCase())), child);
      if (event === "delete" && action === "CASCADE") this.#follow({ table: child.name, event: "delete", columns: undefined, from: [...from, table] });
      else this.#follow({ table: child.name, event: "update", columns: own, from: [...from, table] });
    }
  }
}

interface Child {
  readonly child: Table;
  readonly key: Table["foreignKeys"][number];
}

/** The tables that refer to another, by each of their keys. */
function childrenOf(schema: Schema, parent: string): readonly Child[] {
  let ofSchema = children.get(schema);
  if (ofSchema === undefined) {
    children.set(schema, (ofSchema = new Map()));
    for (const child of schema.tables) {
      for (const key of child.foreignKeys) {
        const name = key.parent.toLowerCase();
        ofSchema.set(name, [...(ofSchema.get(name) ?? []), { child, key }]);
      }
    }
  }
  return ofSchema.get(parent.toLowerCase()) ?? [];
}

const children = new WeakMap<Schema, Map<string, readonly Child[]>>();

const eventOf = { InsertStmt: "insert", UpdateStmt: "update", DeleteStmt: "delete" } as const;

function setsOf(ast: InsertStmt | UpdateStmt): readonly (readonly SetAssignment[])[] {
  if (ast.type === "UpdateStmt") return [ast.sets];
  const found: (readonly SetAssignment[])[] = [];
  let upsert: Upsert | undefined = ast.body.type === "SelectInsertBody" ? ast.body.upsert : undefined;
  for (; upsert !== undefined; upsert = upsert.next) if (upsert.doClause.type === "SetUpsertDo") found.push(upsert.doClause.sets);
  return found;
}

function columnsOf(sets: readonly SetAssignment[]): ReadonlySet<string> {
  return new Set(sets.flatMap(({ colNames }) => colNames.map(({ text }) => text.toLowerCase())));
}

function withGenerated(columns: ReadonlySet<string>, table: Table | undefined): ReadonlySet<string> {
  return new Set([...columns, ...(table?.columns ?? []).filter(({ generated }) => generated).map(({ name }) => name.toLowerCase())]);
}

/** A row can take the place of others that have the same key, by the statement or by the table's own constraint. */
function replaces(ast: InsertStmt | UpdateStmt, table: Table | undefined): boolean {
  if (ast.orConflict !== undefined) return ast.orConflict === "Replace";
  return /\bON\s+CONFLICT\s+REPLACE\b/i.test(table?.sql ?? "");
}

interface Command {
  readonly event: Change["event"];
  /** Of `UPDATE OF`, in lower case. */
  readonly columns: readonly string[] | undefined;
  readonly statement: Statement;
}

function commandsOf(trigger: Trigger): readonly Command[] {
  let commands = parsed.get(trigger);
  if (commands === undefined) {
    commands = triggerCommands(trigger.sql).flatMap(({ event, columns, sql }) => {
      const statement = parseStatement(sql);
      return statement.ok && (event === "insert" || event === "update" || event === "delete") ? [{ event, columns, statement }] : [];
    });
    parsed.set(trigger, commands);
  }
  return commands;
}

const parsed = new WeakMap<Trigger, readonly Command[]>();
