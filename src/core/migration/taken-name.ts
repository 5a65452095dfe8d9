// Where the migrations drop or rename a table or column, for whoever stumbles over the name that is gone.

import type { Model } from "../schema/model";
import { parseStep } from "../schema/migration-steps";
import type { Step } from "../schema/migration-steps";

/** The last statement that took a name away; a column's only by ALTER TABLE. Cheap: it reads statements and runs none. */
export function takenName({ stages }: Pick<Model, "stages">, table: string, column?: string): Step | undefined {
  const steps = stages.flatMap(({ file }) => file.steps).filter(({ kind, text }) => kind === "destructive" && text.toLowerCase().includes((column ?? table).toLowerCase()));
  return steps.findLast((step) => takes(step, table.toLowerCase(), column?.toLowerCase()));
}

function takes(step: Step, table: string, column: string | undefined): boolean {
  const statement = parseStep(step);
  if (statement?.type === "DropTableStmt") return column === undefined && statement.tblName.objName.text.toLowerCase() === table;
  if (statement?.type !== "AlterTableStmt" || statement.tblName.objName.text.toLowerCase() !== table) return false;
  const { body } = statement;
  if (column === undefined) return body.type === "RenameToAlterTableBody";
  if (body.type === "DropColumnAlterTableBody") return body.column.text.toLowerCase() === column;
  return body.type === "RenameColumnAlterTableBody" && body.old.text.toLowerCase() === column;
}
