// Where a statement passes one of D1's limits. By the parsed text alone.

import type { AstNode, Expr, Select } from "sqlite3-parser";
import type { Span } from "../text/span";
import { d1Limits } from "./d1-surface";
import { placeholders } from "./parameters";
import { nodesOf } from "./statement";
import type { Statement } from "./statement";

export interface Excess {
  readonly span: Span;
  /** What there is too much of: `101 parameters`. */
  readonly message: string;
  readonly kind: keyof typeof d1Limits;
  readonly limit: number;
}

type Say = (span: Span, kind: Excess["kind"], message: string) => void;

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

export function pastLimits(statement: Statement): readonly Excess[] {
  const found: Excess[] = [];
  const say: Say = (span, kind, message) => void found.push({ span, kind, limit: d1Limits[kind], message });
  const whole = statement.spanOf(statement.ast);
  const bytes = byteLength(statement.text);
  if (bytes > d1Limits.statementBytes) say(whole, "statementBytes", `This statement has ${bytes.toLocaleString("en")} bytes`);
  const parameters = placeholders(statement);
  const over = parameters.find(({ number }) => number > d1Limits.parameters);
  if (over !== undefined) say(over.span, "parameters", `This statement needs ${Math.max(...parameters.map(({ number }) => number))} parameters`);
  const nodes = nodesOf(statement.ast as AstNode);
  for (const node of nodes) {
    const at = (): Span => statement.spanOf(node);
    if (node.type === "Select") compounds(node, say, statement);
    else if (node.type === "SelectFrom") {
      if (node.columns.length > d1Limits.columns) say(at(), "columns", `This SELECT has ${node.columns.length} columns`);
      if ((node.groupBy?.length ?? 0) > d1Limits.columns) say(at(), "columns", `This GROUP BY has ${node.groupBy!.length} terms`);
    } else if (node.type === "ColumnsAndConstraintsCreateTableBody") {
      if (node.columns.length > d1Limits.columns) say(whole, "columns", `This table has ${node.columns.length} columns`);
    } else if (node.type === "FunctionCallExpr") {
      const given = node.args?.length ?? 0;
      if (given > d1Limits.functionArguments) say(at(), "functionArguments", `\`${node.name.name}\` has ${given} arguments`);
    } else if (node.type === "LikeExpr" && (node.op === "Like" || node.op === "Glob") && node.rhs.type === "StringLiteral") {
      const size = byteLength(node.rhs.value);
      if (size > d1Limits.patternBytes) say(statement.spanOf(node.rhs), "patternBytes", `This pattern has ${size} bytes`);
    }
  }
  const deepest = tooDeep(nodes);
  if (deepest !== undefined) say(statement.spanOf(deepest.node), "depth", `This expression is ${deepest.height} levels deep`);
  return found;
}

function compounds(select: Select, say: Say, statement: Statement): void {
  const terms = 1 + (select.compounds?.length ?? 0);
  if (terms <= d1Limits.compoundTerms) return;
  say(statement.spanOf(select.compounds![d1Limits.compoundTerms - 1]!.select), "compoundTerms", `${terms} SELECTs are joined here`);
}

/** The outermost expression over the limit. Nodes come parents first, so going backwards needs no recursion. */
function tooDeep(nodes: readonly AstNode[]): { readonly node: AstNode; readonly height: number } | undefined {
  const heights = new Map<AstNode, number>();
  let found: { node: AstNode; height: number } | undefined;
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at]!;
    const parts = operands(node);
    if (parts === undefined) continue;
    const height = (node.type === "ParenthesizedExpr" ? 0 : 1) + Math.max(0, ...parts.map((part) => heights.get(part as AstNode) ?? 1));
    heights.set(node, height);
    if (height > d1Limits.depth) found = { node, height };
  }
  return found;
}

/** The parts that add to the height of an expression; undefined for what has none that grow without end. */
function operands(node: AstNode): readonly Expr[] | undefined {
  switch (node.type) {
    case "BinaryExpr":
      return [node.left, node.right];
    case "UnaryExpr":
    case "IsNullExpr":
    case "NotNullExpr":
      return [node.expr];
    case "ParenthesizedExpr":
      return node.exprs.length === 1 ? node.exprs : undefined;
    case "FunctionCallExpr":
      return node.args ?? [];
    case "CaseExpr":
      return [...node.whenThenPairs.flatMap((pair) => [pair.when, pair.then]), ...(node.elseExpr === undefined ? [] : [node.elseExpr])];
    case "LikeExpr":
      return [node.lhs, node.rhs];
    default:
      return undefined;
  }
}
