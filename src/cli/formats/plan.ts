// SQLite's plan as indented lines.

import type { PlanRowReport } from "../../protocol/report";
import type { Colors } from "../colors";
import { plain } from "../words";

/** What reads a whole table or sorts stands out. */
export function planLines(plan: readonly PlanRowReport[], colors: Colors): string[] {
  return plan.map(({ detail, depth }) => {
    const text = plain(detail);
    const costly = /^SCAN (?!CONSTANT ROW)|^USE TEMP B-TREE|AUTOMATIC/.test(text);
    return `${"  ".repeat(depth)}${costly ? colors.yellow(text) : colors.dim(text)}`;
  });
}
