// "Create Migration": an empty migration with the next number.

import * as vscode from "vscode";
import type { Extension } from "../extension";
import { writeNewMigration } from "../new-migration";
import { chooseDatabase } from "./needs";

export async function createMigration(extension: Extension): Promise<void> {
  const database = await chooseDatabase(extension);
  if (database === undefined) return;
  const name = await vscode.window.showInputBox({
    title: `New migration for ${database.binding}`,
    prompt: "What does it do? The number comes by itself",
    placeHolder: "add_invoice_status",
    validateInput: (text) => (/[a-z\d]/i.test(text) ? undefined : "A name is needed"),
  });
  if (name === undefined) return;
  await writeNewMigration(extension.client, { folder: database.folder, database: database.binding, name, ...(database.migrationsDir === null ? {} : { migrations: database.migrationsDir }) }, "");
}
