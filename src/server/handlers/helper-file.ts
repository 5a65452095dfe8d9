// `plumbline/helperFile`: the helper that a command writes into the project, where it goes, and what the wrangler file lacks
// for it. Nothing is written here.

import type { OwnRequests } from "../../protocol/lsp";
import type { Requests } from "../../protocol/worker";
import { requestFailed } from "../answers";
import { textEditsOf } from "../convert";
import type { FolderAnalysis } from "../folder-analysis";
import { uriOfPath } from "../places";
import { reviewedFolder } from "../reviewed-folder";
import type { Session } from "../server";

type Asked = OwnRequests["helperFile"];

export async function helperFile(session: Session, { folder, kind }: Asked["params"]): Promise<Asked["result"]> {
  const analysis = await reviewedFolder(session, folder);
  const proposed = await analysis.ask("helperFile", { kind });
  if (proposed === undefined) throw requestFailed("The folder has nothing that Plumbline reviews");
  const { path, text, exists, namespace } = proposed;
  return { uri: uriOfPath(analysis.root.path, path), path, text, exists, namespace: namespace === undefined ? null : { binding: namespace.binding, file: await edited(analysis, namespace) } };
}

/** Null where there is no file, or it was changed meanwhile. */
async function edited(analysis: FolderAnalysis, { file, version, edits }: NonNullable<Requests["helperFile"]["result"]["namespace"]>): Promise<NonNullable<Asked["result"]["namespace"]>["file"]> {
  const text = file === undefined ? undefined : await analysis.publisher.locate(file);
  if (file === undefined || text === undefined || analysis.documents.revision(file) !== version) return null;
  return { uri: text.uri, path: file, edits: textEditsOf(text.document, edits) };
}
