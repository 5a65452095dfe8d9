// What the last dry run found, at the statements, in the Problems view. What a file's text no longer has is taken back
// as soon as it is edited.

import * as vscode from "vscode";
import type { FolderDryRun } from "../protocol/lsp";
import type { MigrationDryRunReport } from "../protocol/report";

export class DryRunFindings implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("plumbline-dry-run");
  readonly #edits = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length > 0) this.#collection.delete(document.uri);
  });

  /** In place of what was shown before. */
  show(found: readonly FolderDryRun[]): void {
    this.#collection.clear();
    for (const { folder, report } of found) {
      for (const migration of report.migrations) {
        const uri = vscode.Uri.joinPath(vscode.Uri.parse(folder), migration.file);
        this.#collection.set(uri, diagnosticsOf(migration));
      }
    }
  }

  dispose(): void {
    this.#edits.dispose();
    this.#collection.dispose();
  }
}

function diagnosticsOf({ error, risk, lost, breaks, findings }: MigrationDryRunReport): vscode.Diagnostic[] {
  // The review says it already, at the same statement.
  const shown = new Set(findings.flatMap(({ rule, data }) => (rule === "breaks-queries" ? (data["queries"] as readonly string[]) : [])));
  const broken = breaks.map(({ file, line }) => `${file}:${line}`).filter((place) => !shown.has(place));
  const isKnown = (line: number): boolean => findings.some(({ range, severity }) => severity === "error" && range.start.line === line);
  return [
    ...(error === undefined || isKnown(error.line) ? [] : [at(error.line, `The dry run fails here: ${error.message}`, vscode.DiagnosticSeverity.Error)]),
    ...(risk === undefined || isKnown(risk.line) ? [] : [at(risk.line, `The dry run fails here on rows that the constraints allow: ${risk.message}`, vscode.DiagnosticSeverity.Warning)]),
    ...lost.filter(({ stated, line }) => !stated && !isKnown(line ?? 1)).map(({ table, before, after, cause, line }) => at(line ?? 1, `The dry run lost rows of ${table} (${before} → ${after}): ${cause}`, vscode.DiagnosticSeverity.Error)),
    ...(broken.length === 0 ? [] : [at(1, `The dry run breaks ${broken.length === 1 ? "a query" : `${broken.length} queries`}: ${broken.slice(0, 3).join(", ")}${broken.length > 3 ? " …" : ""}`, vscode.DiagnosticSeverity.Warning)]),
  ];
}

function at(line: number, message: string, severity: vscode.DiagnosticSeverity): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER), message, severity);
  diagnostic.source = "Plumbline dry run";
  return diagnostic;
}
