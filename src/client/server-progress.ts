// Requests to the server that take long, and how far they are.

import * as vscode from "vscode";
import { type LanguageClient, WorkDoneProgress } from "vscode-languageclient/node";

let count = 0;

interface Following {
  readonly token: vscode.CancellationToken;
  /** What is being done, and how much of the whole is (0 to 100). */
  report(message: string, percentage: number | undefined): void;
}

/** Sends a request with a `workDoneToken` among its parameters. Rejects with `CancellationError` where `token` asked for it. */
export async function followedRequest<R>(client: LanguageClient, { request, params }: { readonly request: string; readonly params: object }, { token, report }: Following): Promise<R> {
  const workDoneToken = `${request}-${++count}`;
  const following = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
    if (value.kind === "report") report(value.message ?? "", value.percentage);
  });
  try {
    const answer = await client.sendRequest<R>(request, { ...params, workDoneToken }, token);
    // The server may answer with what it had done until then, which is not what was asked for.
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    return answer;
  } catch (error) {
    throw token.isCancellationRequested ? new vscode.CancellationError() : error;
  } finally {
    following.dispose();
  }
}

/** The same with a notification that shows how far it is, and whose button cancels it. */
export async function withServerProgress<R>(client: LanguageClient, title: string, request: string, params: object = {}): Promise<R> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
    let percentage = 0;
    const report = (message: string, now = percentage): void => {
      progress.report({ increment: Math.max(0, now - percentage), ...(message === "" ? {} : { message }) });
      percentage = Math.max(percentage, now);
    };
    return followedRequest<R>(client, { request, params }, { token, report });
  });
}
