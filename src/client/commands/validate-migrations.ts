// "Validate Migrations": every migration through its rules, a dry run and its rollback, as a table to read.

import * as vscode from "vscode";
import { type FolderVerdicts, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import type { ReportRun } from "../report-panels";
import { hasFolder } from "./needs";

export async function validateMigrations({ reports }: Extension): Promise<void> {
  if (await hasFolder()) await reports.run(validation);
}

const validation: ReportRun<FolderVerdicts> = {
  key: "validation",
  title: "Migrations",
  column: vscode.ViewColumn.Active,
  fileName: "validation",
  request: requests.validate,
  params: {},
  page: (state, found) => ({ view: "validation", page: { state, found } }),
  // It knows made-up rows alone.
  on: () => validation,
  ended: () => undefined,
};
