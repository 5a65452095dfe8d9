// A request to the server that takes long: a notification shows how far it is, and its button cancels it.

import * as vscode from "vscode";
import { type LanguageClient, WorkDoneProgress } from "vscode-languageclient/node";

let count = 0;

/** Sends a request with a `workDoneToken` among its parameters. Rejects with `CancellationError` where the user cancels. */
export async function withServerProgress<R>(client: LanguageClient, title: string, request: string, params: object = {}): Promise<R> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
    const workDoneToken = `${request}-${++count}`;
    let percentage = 0;
    const following = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
      if (value.kind !== "report") return;
      const now = value.percentage ?? percentage;
      progress.report({ increment: Math.max(0, now - percentage), ...(value.message === undefined ? {} : { message: value.message }) });
      percentage = Math.max(percentage, now);
    });
    try {
      return await client.sendRequest<R>(request, { ...params, workDoneToken }, token);
    } catch (error) {
      if (token.isCancellationRequested) throw new vscode.CancellationError();
      throw error;
    } finally {
      following.dispose();
    }
  });
}
