// How requests end: with a result, or with the LSP error that says why there is none. A cancelled request never
// answers with an empty list.

import { ErrorCodes, LSPErrorCodes, ResponseError, type CancellationToken } from "vscode-languageserver/node";
import { WorkerError } from "../worker/handle";

/** Answers with the result, or with "cancelled" as soon as the editor no longer wants it. */
export function answer<T>(token: CancellationToken, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (token.isCancellationRequested) return reject(cancelled());
    const listening = token.onCancellationRequested(() => reject(cancelled()));
    work()
      .then(resolve, (error: unknown) => reject(responseError(error)))
      .finally(() => listening.dispose());
    return undefined;
  });
}

/** The text changed while the answer was being made, so that the answer would not fit it. */
export function contentModified(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.ContentModified, "The file changed in the meantime");
}

/** What the user asked for cannot be done; the message says why. */
export function requestFailed(message: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}

export function isCancelled(error: unknown): boolean {
  return error instanceof WorkerError && error.kind === "cancelled";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled");
}

function responseError(error: unknown): ResponseError<void> {
  if (error instanceof ResponseError) return error;
  if (isCancelled(error)) return contentModified();
  if (error instanceof WorkerError && error.kind === "usage") return requestFailed(error.message);
  return new ResponseError(ErrorCodes.InternalError, messageOf(error));
}
