// The statements that a trigger runs, as statements of their own: what they cost is part of every write that fires it.

import type { Expr, TriggerCmd } from "sqlite3-parser";
import { nodesOf, parseStatement } from "./statement";
import type { Statement, StatementKind } from "./statement";

/** The statements of a trigger's body that an event runs, with the values of the row as parameters. */
export function triggerStatements(sql: string, event: StatementKind): readonly Statement[] {
  const parsed = parseStatement(sql);
  if (!parsed.ok || parsed.ast.type !== "CreateTriggerStmt") return [];
  const fires = parsed.ast.event.type.replace(/(?:Of)?TriggerEvent$/, "").toLowerCase() === event;
  return fires ? parsed.ast.commands.flatMap((command) => bodyStatement(parsed.engineText, command) ?? []) : [];
}

function bodyStatement(sql: string, command: TriggerCmd): Statement | undefined {
  const { offset, length } = command.span;
  let text = sql.slice(offset, offset + length);
  const ofRow = nodesOf(command).filter((node): node is Extract<Expr, { type: "QualifiedExpr" }> => node.type === "QualifiedExpr" && /^(new|old)$/i.test(node.table.text));
  for (const { span } of ofRow.sort((a, b) => b.span.offset - a.span.offset)) {
    const start = span.offset - offset;
    text = `${text.slice(0, start)}${/^\s/.test(text.slice(start)) ? " " : ""}?${text.slice(start + span.length)}`;
  }
  const statement = parseStatement(text.replace(/;\s*$/, ""));
  return statement.ok ? statement : undefined;
}
