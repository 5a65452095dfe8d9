// The statements of a trigger, each as one that can be planned by itself.

import type { Span } from "../text/span";
import { parseStatement } from "./statement";

export interface TriggerCommand {
  /** As written. */
  readonly text: string;
  /** The same with a `?` for each value of the row. */
  readonly sql: string;
  readonly span: Span;
  /** The names of the row's columns that it uses, without quotes. */
  readonly rowColumns: readonly string[];
}

const rowColumn = /\b(?:new|old)\s*\.\s*("[^"]+"|`[^`]+`|\[[^\]]+\]|\w+)/gi;

/** Empty where the text is no trigger that can be read. */
export function triggerCommands(sql: string): readonly TriggerCommand[] {
  const parsed = parseStatement(sql);
  if (!parsed.ok || parsed.ast.type !== "CreateTriggerStmt") return [];
  return parsed.ast.commands.map((command) => {
    const span = parsed.spanOf(command);
    const text = sql.slice(span.start, span.end);
    return { text, span, sql: text.replace(rowColumn, "?"), rowColumns: [...text.matchAll(rowColumn)].map((match) => match[1]!.replace(/^["`[]|["`\]]$/g, "")) };
  });
}
