// "Validate Migrations": every migration through its rules, a dry run and its rollback, as a table to read.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { withServerProgress } from "../server-progress";
import { hasFolder, sayNoDatabase } from "./needs";

export async function validateMigrations({ client, documents }: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const found = await withServerProgress<OwnRequests["validate"]["result"]>(client, "Validating migrations", requests.validate);
  if (found.every(({ report }) => report.migrations.length === 0)) return sayNoDatabase();
  await documents.show("Migrations.md", found.map(({ markdown }) => markdown).join("\n"), vscode.ViewColumn.Active);
}
