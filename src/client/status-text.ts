// What the status bar says, in words and icons.

import type { ServerStatus } from "../protocol/lsp";

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly isFailure: boolean;
}

/** Undefined where there is nothing to say: switched off, or no database in the folder. */
export function statusText(status: ServerStatus): StatusText | undefined {
  switch (status.state) {
    case "off":
      return undefined;
    case "failed":
      return { text: "$(error) Plumbline", tooltip: `${status.message ?? "The analysis failed"}\n\nClick to show the output`, isFailure: true };
    case "working":
      return { text: `$(sync~spin) Plumbline${status.databases > 0 ? `: ${counts(status)}` : ""}`, tooltip: "Reviewing schema and queries", isFailure: false };
    case "idle":
      return status.databases === 0 ? undefined : { text: `$(database) Plumbline: ${counts(status)}`, tooltip: details(status), isFailure: false };
  }
}

/** Hints are not counted, as the Problems view does not show them. */
function counts({ tables, findings, alertCount }: ServerStatus): string {
  const found = findings.error + findings.warning + findings.info;
  return `${plural(tables, "table")} · ${found === 0 ? "no findings" : plural(found, "finding")}${alertCount === 0 ? "" : ` · $(bell) ${alertCount}`}`;
}

function details({ databases, queries, findings, alerts, alertCount }: ServerStatus): string {
  const severities = [plural(findings.error, "error"), plural(findings.warning, "warning"), plural(findings.info, "note"), plural(findings.hint, "hint")];
  const found = severities.filter((text) => !text.startsWith("0 "));
  return [`${plural(databases, "database")}, ${plural(queries, "query", "queries")}`, found.join(", "), ...alertLines(alerts, alertCount), "Click to show the problems"].filter((line) => line !== "").join("\n");
}

const MOST_SHOWN = 3;

function alertLines(alerts: ServerStatus["alerts"], count: number): readonly string[] {
  if (count === 0) return [];
  const shown = alerts.slice(0, MOST_SHOWN);
  const more = count - shown.length;
  return [alertsInWords(count), ...shown.map(({ subject, message }) => `  ${subject}: ${message}`), more === 0 ? "" : `  and ${more} more`];
}

/** `3 recorded figures pass the limits in plumbline.json` */
export function alertsInWords(count: number): string {
  return `${plural(count, "recorded figure")} ${count === 1 ? "passes" : "pass"} the limits in plumbline.json`;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
