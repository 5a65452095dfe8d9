// `workspace/executeCommand`, for editors other than our own extension: the server writes the new migration itself and
// asks the editor to show it.

import type { ExecuteCommandParams } from "vscode-languageserver/node";
import { type ProposedMigration, serverCommands } from "../../protocol/lsp";
import { writeNewFile } from "../../workspace/write";
import { requestFailed } from "../answers";
import type { Session } from "../server";
import { nextMigration } from "./new-migration";

/** Another tool may take the same number at the same moment; more often than that something else is wrong. */
const mostAttempts = 5;

export type CommandHandler = (params: ExecuteCommandParams) => Promise<null>;

/** Migrations are written one after the other, so that no two get the same number. */
export function commandHandler(session: Session): CommandHandler {
  let last: Promise<unknown> = Promise.resolve();
  return async ({ command, arguments: given }) => {
    if (command !== serverCommands.writeMigration) throw requestFailed(`There is no command ${command}`);
    const migrations = (given ?? []).filter(isProposed);
    if (migrations.length === 0) throw requestFailed(`${command} wants the folder, the database, the name and the SQL of a migration`);
    for (const migration of migrations) {
      const written = last.then(() => write(session, migration));
      last = written.catch(() => undefined);
      await written;
    }
    return null;
  };
}

async function write(session: Session, { sql, rollback, ...wanted }: ProposedMigration): Promise<void> {
  const analysis = session.folders.get(wanted.folder);
  for (let attempt = 0; attempt < mostAttempts && analysis; attempt++) {
    const { uri, path, header, rollbackPath } = await nextMigration(session, wanted);
    const isWritten = await writeNewFile(analysis.root.path, path, header + sql);
    if (isWritten && rollback !== undefined) await writeNewFile(analysis.root.path, rollbackPath, rollback);
    analysis.filesChanged([path]);
    if (!isWritten) continue;
    if (session.client.showsDocuments) await session.connection.window.showDocument({ uri, takeFocus: true });
    return;
  }
  throw requestFailed("No free number was found for the migration");
}

function isProposed(value: unknown): value is ProposedMigration {
  const given = value as Partial<Record<keyof ProposedMigration, unknown>> | null;
  return ["folder", "database", "name", "sql"].every((key) => typeof given?.[key as keyof ProposedMigration] === "string");
}
