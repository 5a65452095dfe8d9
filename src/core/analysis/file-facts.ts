// What one linked code file says, whatever the schema: its call sites, their statements parsed, the tables that its code
// makes at run time, and those into which it inserts or whose rows it deletes.

import { importsOtherEngine } from "../host/other-engines";
import type { BoundValue, CallSite, LinkedFile, SqlVariant } from "../host/call-site";
import type { SourceFile } from "../schema/sources";
import { parameterCount, placeholders } from "../sql/parameters";
import { parseStatement } from "../sql/statement";
import type { Statement, SyntaxError } from "../sql/statement";
import { splitStatements } from "../sql/split";
import { isTest } from "./tooling";

/** One statement of one text of a site; `offset` is where it starts in the text. */
export interface StatementFact {
  readonly variant: SqlVariant;
  readonly offset: number;
  readonly statement: Statement | SyntaxError;
}

export interface SiteFacts {
  readonly site: CallSite;
  readonly statements: readonly StatementFact[];
}

export interface FileFacts {
  readonly host: LinkedFile;
  readonly sites: readonly SiteFacts[];
  /** The file imports the library of another database engine. */
  readonly otherEngine: boolean;
  /** CREATE and ALTER statements that the code runs, in order. */
  readonly ddl: readonly string[];
  /** Lower-case names of tables whose rows the code deletes or replaces. */
  readonly deletedFrom: readonly string[];
  /** Lower-case names of tables that the code inserts into; empty for a name that is not known. */
  readonly insertedInto: readonly string[];
}

export function fileFacts(file: SourceFile, host: LinkedFile): FileFacts {
  const sites = host.sites.map((site) => ({ site, statements: site.sql.variants.flatMap((variant) => statementsOf(variant, site)) }));
  return {
    host,
    sites,
    otherEngine: sites.length > 0 && importsOtherEngine(file.text),
    ddl: isTest(file.path) ? [] : [...new Set([...host.ddl.flatMap((text) => splitStatements(text).map((part) => part.text)).filter((text) => /^\s*(?:create|alter)\b/i.test(text)), ...sites.flatMap((site) => site.statements.flatMap(made))])],
    deletedFrom: sites.flatMap((site) => site.statements).flatMap(({ statement }) => (statement.ok ? deletes(statement) : [])),
    insertedInto: isTest(file.path) ? [] : sites.flatMap((site) => site.statements).flatMap(inserts),
  };
}

/** A statement that makes something, put together of what helpers are given: `addColumn(db, "notes", "pinned")`. */
function made({ statement, variant, offset }: StatementFact): readonly string[] {
  const makes = statement.ok && /^(?:AlterTable|Create\w+)Stmt$/.test(statement.ast.type);
  return makes && !variant.holes.some(({ span }) => span.start < offset + statement.text.length && span.end > offset) ? [statement.text] : [];
}

/** The table that a statement inserts into. */
function inserts({ statement, variant, offset }: StatementFact): readonly string[] {
  if (!statement.ok || statement.ast.type !== "InsertStmt") return [];
  const name = statement.ast.tblName.objName;
  const { start, end } = statement.spanOf(name);
  return variant.holes.some(({ span }) => span.start < offset + end && span.end > offset + start) ? [""] : [name.text.toLowerCase()];
}

function statementsOf(variant: SqlVariant, { binds, method }: CallSite): readonly StatementFact[] {
  // Most texts are one statement: only where that fails is the text taken apart.
  const whole = parseStatement(variant.text);
  if (whole.ok) return [{ variant, offset: 0, statement: withValues(whole, binds) }];
  const parts = splitStatements(variant.text);
  if (parts.length < 2) return (method === "exec" ? linesOf(variant) : undefined) ?? [{ variant, offset: 0, statement: whole }];
  return parts.map((part) => ({ variant, offset: part.span.start, statement: parseStatement(part.text) }));
}

/** D1's `exec` takes each line for a statement; undefined where one is none. */
function linesOf(variant: SqlVariant): readonly StatementFact[] | undefined {
  const found: StatementFact[] = [];
  let offset = 0;
  for (const line of variant.text.split("\n")) {
    if (line.trim() !== "") {
      const statement = parseStatement(line);
      if (!statement.ok) return undefined;
      found.push({ variant, offset, statement });
    }
    offset += line.length + 1;
  }
  return found;
}

/** The statement with the values that the code spells out, where each is certain to meet its parameter. */
function withValues(statement: Statement, binds: readonly BoundValue[] | undefined): Statement {
  const bound = (binds ?? []).map(({ literal }) => (typeof literal === "boolean" ? Number(literal) : (literal ?? null)));
  if (bound.every((value) => value === null) || bound.length !== parameterCount(placeholders(statement))) return statement;
  return { ...statement, bound };
}

function deletes({ ast }: Statement): readonly string[] {
  if (ast.type === "DeleteStmt") return [ast.tblName.objName.text.toLowerCase()];
  if (ast.type === "InsertStmt" && ast.orConflict === "Replace") return [ast.tblName.objName.text.toLowerCase()];
  return [];
}
