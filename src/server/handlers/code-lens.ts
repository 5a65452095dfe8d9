// `textDocument/codeLens`: the plan over each query, and who uses the index over each CREATE INDEX. A click explains the
// query, or lists the queries.

import type { CodeLens, CodeLensParams, Command } from "vscode-languageserver/node";
import { clientCommands, type ExplainPlace, type Places } from "../../protocol/lsp";
import type { LensData } from "../../protocol/worker";
import { type AskedDocument, askDocument } from "../asked-document";
import { rangeOf } from "../convert";
import { uriOfPath } from "../places";
import type { Session } from "../server";

export function listCodeLenses(session: Session, { textDocument }: CodeLensParams): Promise<CodeLens[]> {
  if (!session.lenses.shown) return Promise.resolve([]);
  return askDocument(session, textDocument.uri, [], async (asked) => {
    const { analysis, path, document, revision } = asked;
    const lenses = (await analysis.ask("lenses", { path, version: revision })) ?? [];
    // What cannot be clicked is no use over a migration.
    const shown = session.client.writesFiles ? lenses : lenses.filter(({ kind }) => kind !== "migration");
    return shown.map((lens) => ({ range: rangeOf(document, lens.span), command: commandOf(asked, lens) }));
  });
}

/** An editor that lacks our commands shows the words alone. */
function commandOf({ session, analysis, document }: AskedDocument, lens: LensData): Command {
  const { title } = lens;
  const { start, end } = rangeOf(document, lens.span);
  if (!session.client.writesFiles || (lens.kind === "index" && lens.places.length === 0)) return { title, command: "" };
  if (lens.kind === "migration") return { title, command: clientCommands.dryRunMigration, arguments: [document.uri] };
  if (lens.kind === "query") {
    const place: ExplainPlace = { uri: document.uri, range: { start, end } };
    return { title, command: clientCommands.explainQuery, arguments: [place] };
  }
  const locations = lens.places.map(({ file, line }) => {
    const position = { line: line - 1, character: 0 };
    return { uri: uriOfPath(analysis.root.path, file), range: { start: position, end: position } };
  });
  const places: Places = { uri: document.uri, position: start, locations };
  return { title, command: clientCommands.showPlaces, arguments: [places] };
}
