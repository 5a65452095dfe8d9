// One SQL statement, parsed by SQLite's own grammar. `UPDATE/DELETE … LIMIT`, which D1 accepts and the grammar at hand
// does not, is read in its `rowid IN (…)` form; spans are always those of the text as the user wrote it.

import { parseStmt, traverse } from "sqlite3-parser";
import type { AstNode, Stmt } from "sqlite3-parser";
import type { Span } from "../text/span";
import { rewriteLimit } from "./limit-rewrite";
import { parseFirstStatement } from "./parse-first-statement";
import { splitStatements } from "./split";

export type StatementKind = "select" | "insert" | "update" | "delete" | "ddl" | "pragma" | "transaction" | "other";

export interface Statement {
  readonly ok: true;
  /** As written. */
  readonly text: string;
  /** As the engine runs it: the same text, or the form that SQLite accepts. */
  readonly engineText: string;
  readonly kind: StatementKind;
  readonly ast: Stmt;
  /** The values that the code binds, null for those that it does not spell out: SQLite's plan may depend on them. */
  readonly bound?: readonly (string | number | null)[];
  /** The span of a node in the text as written. */
  spanOf(node: { readonly span: { readonly offset: number; readonly length: number } }): Span;
}

export interface SyntaxError {
  readonly ok: false;
  readonly text: string;
  /** SQLite's wording, such as `near "FROM": syntax error`. */
  readonly message: string;
  /** What would have been accepted, in words; undefined where the parser does not say. */
  readonly hint: string | undefined;
  readonly span: Span;
}

/** Parses exactly one statement (a final `;` is allowed). Never throws. */
export function parseStatement(text: string): Statement | SyntaxError {
  const direct = parseOnce(text);
  if (direct.ok) return direct;
  const rewritten = rewriteLimit(text);
  if (rewritten === undefined) return direct;
  const again = parseOnce(rewritten.sql);
  if (!again.ok) return direct;
  return {
    ...again,
    text,
    engineText: rewritten.sql,
    spanOf(node) {
      const { offset, length } = node.span;
      const start = rewritten.map(offset);
      return { start, end: Math.max(start, rewritten.map(offset + length)) };
    },
  };
}

/** What tells one statement and its plan from another: its text, and the values that are known. */
export function statementKey({ engineText, bound }: Statement): string {
  return bound === undefined ? engineText : `${engineText}\n${JSON.stringify(bound)}`;
}

/** All nodes below (and with) a node, in the order of the text. */
export function nodesOf(root: AstNode): readonly AstNode[] {
  return treeOf(root).nodes;
}

/** The nodes above one of `nodesOf(root)`, from its parent to the root. */
export function nodesAbove(root: AstNode, at: number): readonly AstNode[] {
  const { nodes, parents } = treeOf(root);
  const above: AstNode[] = [];
  for (let next = parents[at]!; next >= 0; next = parents[next]!) above.push(nodes[next]!);
  return above;
}

interface Tree {
  readonly nodes: readonly AstNode[];
  /** The place of each node's parent among the nodes; -1 of the root. */
  readonly parents: readonly number[];
}

/** That of a whole statement, which many ask for, is kept with it. */
function treeOf(root: AstNode): Tree {
  if (!root.type.endsWith("Stmt")) return walked(root);
  let tree = trees.get(root);
  if (tree === undefined) trees.set(root, (tree = walked(root)));
  return tree;
}

const trees = new WeakMap<AstNode, Tree>();

function walked(root: AstNode): Tree {
  const nodes: AstNode[] = [];
  const parents: number[] = [];
  const open: number[] = [];
  traverse(root, {
    enter(node) {
      parents.push(open.at(-1) ?? -1);
      open.push(nodes.length);
      nodes.push(node as AstNode);
      return undefined;
    },
    leave() {
      open.pop();
      return undefined;
    },
  });
  return { nodes, parents };
}

function parseOnce(text: string): Statement | SyntaxError {
  let result: ReturnType<typeof parseStmt>;
  try {
    const first = parseFirstStatement(text);
    // What follows the first statement is an error here: only the strict parse says where it starts.
    result = first.status === "ok" && splitStatements(text).length > 1 ? parseStmt(text) : first;
  } catch (error) {
    // A parser that gives up (nesting too deep) is the text's fault, not a reason to stop the analysis.
    return { ok: false, text, message: String((error as Error).message), hint: undefined, span: { start: 0, end: text.length } };
  }
  if (result.status === "ok") {
    return {
      ok: true,
      text,
      engineText: text,
      kind: kindOf(result.root),
      ast: result.root,
      spanOf: (node) => trimmed(text, { start: node.span.offset, end: node.span.offset + node.span.length }),
    };
  }
  const first = result.errors[0];
  const start = Math.min(first?.span.offset ?? 0, text.length);
  return {
    ok: false,
    text,
    message: first?.message ?? "syntax error",
    hint: first?.hints?.[0]?.message,
    span: { start, end: Math.min(text.length, start + Math.max(1, first?.span.length ?? 1)) },
  };
}

/** The parser's spans may begin with the white space before a node. */
function trimmed(text: string, span: Span): Span {
  let { start, end } = span;
  while (start < end && /\s/.test(text[start]!)) start++;
  while (end > start && /\s/.test(text[end - 1]!)) end--;
  return { start, end };
}

function kindOf(ast: Stmt): StatementKind {
  switch (ast.type) {
    case "SelectStmt":
      return "select";
    case "InsertStmt":
      return "insert";
    case "UpdateStmt":
      return "update";
    case "DeleteStmt":
      return "delete";
    case "PragmaStmt":
      return "pragma";
    case "BeginStmt":
    case "CommitStmt":
    case "RollbackStmt":
    case "SavepointStmt":
    case "ReleaseStmt":
      return "transaction";
    case "AnalyzeStmt":
    case "AttachStmt":
    case "DetachStmt":
    case "ExplainStmt":
    case "ReindexStmt":
    case "VacuumStmt":
      return "other";
    case "AlterTableStmt":
    case "CreateIndexStmt":
    case "CreateTableStmt":
    case "CreateTriggerStmt":
    case "CreateViewStmt":
    case "CreateVirtualTableStmt":
    case "DropIndexStmt":
    case "DropTableStmt":
    case "DropTriggerStmt":
    case "DropViewStmt":
      return "ddl";
  }
}
