// The statements of a trigger, each as one that can be planned by itself.

import type { AstNode, QualifiedExpr } from "sqlite3-parser";
import { applyEdits } from "../text/edit";
import type { Span } from "../text/span";
import { nodesOf, parseStatement } from "./statement";
import type { StatementKind } from "./statement";

export interface TriggerCommand {
  /** What fires it. */
  readonly event: StatementKind;
  /** Of `UPDATE OF`, the columns in lower case; undefined where any update fires it. */
  readonly columns: readonly string[] | undefined;
  /** As written. */
  readonly text: string;
  /** The same with a `?` for each value of the row. */
  readonly sql: string;
  readonly span: Span;
  /** The names of the row's columns that it uses. */
  readonly rowColumns: readonly string[];
}

/** Empty where the text is no trigger that can be read. */
export function triggerCommands(sql: string): readonly TriggerCommand[] {
  const parsed = parseStatement(sql);
  if (!parsed.ok || parsed.ast.type !== "CreateTriggerStmt") return [];
  const event = parsed.ast.event.type.replace(/(?:Of)?TriggerEvent$/, "").toLowerCase() as StatementKind;
  const columns = parsed.ast.event.type === "UpdateOfTriggerEvent" ? parsed.ast.event.columns.map((column) => column.text.toLowerCase()) : undefined;
  return parsed.ast.commands.map((command) => {
    const span = parsed.spanOf(command);
    const text = sql.slice(span.start, span.end);
    const ofRow = nodesOf(command as AstNode).filter((node): node is QualifiedExpr => node.type === "QualifiedExpr" && /^(new|old)$/i.test(node.table.text));
    const values = ofRow.map((node) => {
      const { start, end } = parsed.spanOf(node);
      return { span: { start: start - span.start, end: end - span.start }, newText: "?" };
    });
    return { event, columns, text, span, sql: applyEdits(text, values), rowColumns: ofRow.map(({ column }) => column.text) };
  });
}
