// Migrations of the worker as the editor's commands take them.

import type { ProposedMigration } from "../protocol/lsp";
import type { ChangeData } from "../protocol/worker";
import type { FolderAnalysis } from "./folder-analysis";

export function proposedMigrations({ root }: FolderAnalysis, changes: readonly ChangeData[]): readonly ProposedMigration[] {
  return changes.flatMap((change): ProposedMigration[] =>
    change.kind === "migration" ? [{ folder: root.uri, database: change.database, migrations: change.folder, name: change.name, sql: change.sql, ...(change.rollback === undefined ? {} : { rollback: change.rollback }) }] : [],
  );
}
