// "Profile Queries": every query on made-up rows, with and without the recommended indexes, as a document to read.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { profileDocument } from "../profile-document";
import { withServerProgress } from "../server-progress";
import { hasFolder, sayNoDatabase } from "./needs";

export async function profileQueries({ client, documents }: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const profiles = await withServerProgress<OwnRequests["profile"]["result"]>(client, "Profiling queries on made-up rows", requests.profile);
  if (profiles.length === 0) return sayNoDatabase();
  await documents.show("Profile.md", profileDocument(profiles), vscode.ViewColumn.Active);
}
