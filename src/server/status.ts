// Tells the editor how the analysis stands, all folders taken together. The same news is not told twice.

import type { ProposedFeatures } from "vscode-languageserver/node";
import { notifications, type ServerStatus } from "../protocol/lsp";
import type { Status } from "../protocol/worker";
import type { Folders } from "./folders";

/** Of one folder: more are only counted. */
const mostAlerts = 20;

export class StatusReporter {
  readonly #connection: ProposedFeatures.Connection;
  readonly #folders: Folders;
  #enabled = true;
  #told = "";

  constructor(connection: ProposedFeatures.Connection, folders: Folders) {
    this.#connection = connection;
    this.#folders = folders;
  }

  switch(enabled: boolean): void {
    this.#enabled = enabled;
    this.changed();
  }

  changed(): void {
    const status = this.current();
    const text = JSON.stringify(status);
    if (text === this.#told) return;
    this.#told = text;
    void this.#connection.sendNotification(notifications.status, status);
  }

  current(): ServerStatus {
    const analyses = this.#folders.all();
    const failure = analyses.find((analysis) => analysis.failure !== undefined)?.failure ?? null;
    const working = analyses.some((analysis) => analysis.working);
    const state = !this.#enabled ? "off" : working ? "working" : failure !== null ? "failed" : "idle";
    const known = analyses.flatMap(({ status }) => (status ? [status] : []));
    const sum = (of: (status: Status) => number): number => known.reduce((total, status) => total + of(status), 0);
    return {
      state,
      message: failure,
      databases: sum((status) => status.databases),
      tables: sum((status) => status.tables),
      queries: sum((status) => status.queries),
      findings: {
        error: sum(({ findings }) => findings.error),
        warning: sum(({ findings }) => findings.warning),
        info: sum(({ findings }) => findings.info),
        hint: sum(({ findings }) => findings.hint),
      },
      alerts: analyses.flatMap(({ root, status }) => (status?.alerts ?? []).slice(0, mostAlerts).map((alert) => ({ ...alert, folder: root.uri }))),
      alertCount: sum((status) => status.alerts.length),
    };
  }
}
