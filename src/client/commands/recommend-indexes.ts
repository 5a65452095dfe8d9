// "Recommend Indexes": the indexes that all the code of a folder asks for, as a report to read, to copy, and to make a
// migration of.

import * as vscode from "vscode";
import { clientCommands, type FolderIndexes, type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { withServerProgress } from "../server-progress";
import { chooseFolder, hasFolder, sayNoDatabase } from "./needs";

const create = "Create Migration";
const copy = "Copy as Markdown";

/** `given` may be the uri of a folder. */
export async function recommendIndexes(extension: Extension, given: unknown): Promise<void> {
  if (!(await hasFolder())) return;
  const { client, documents } = extension;
  const folder = typeof given === "string" ? given : await chooseUri(extension);
  if (folder === undefined) return;
  const found = await withServerProgress<OwnRequests["indexes"]["result"]>(client, "Choosing indexes", requests.indexes, { folder });
  if (found === null || found.databases === 0) return sayNoDatabase();
  await documents.preview("Indexes.md", found.markdown, vscode.ViewColumn.Active);
  // The command has ended; the question stays as long as the user wants it.
  void offer(found);
}

async function chooseUri({ client }: Extension): Promise<string | undefined> {
  const folder = await chooseFolder("The indexes of which folder?");
  return folder && client.code2ProtocolConverter.asUri(folder.uri);
}

async function offer({ recommended, migrations, markdown }: FolderIndexes): Promise<void> {
  const choice = await vscode.window.showInformationMessage(summary(recommended, migrations.length), ...(migrations.length > 0 ? [create] : []), copy);
  if (choice === create) await vscode.commands.executeCommand(clientCommands.writeMigration, ...migrations);
  if (choice === copy) await vscode.env.clipboard.writeText(markdown);
}

function summary(recommended: number, migrations: number): string {
  if (recommended === 0) return "No index is missing";
  const indexes = recommended === 1 ? "One index is recommended" : `${recommended} indexes are recommended`;
  if (migrations === 0) return `${indexes}; there is no migrations folder to write ${recommended === 1 ? "it" : "them"} to`;
  return `${indexes}. Write ${migrations === 1 ? "a migration with its rollback" : `${migrations} migrations with their rollbacks`}?`;
}
