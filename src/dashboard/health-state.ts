// What the user chose to see of the dashboard: kept over every refresh, and for the next window.

import type { Sort } from "./sorting";
import { everything, type View, viewOf } from "./view";

export const tabs = ["overview", "traffic", "indexes", "findings"] as const;
export type Tab = (typeof tabs)[number];

export interface HealthState {
  readonly tab: Tab;
  readonly findings: View;
  /** What is typed into the filters of the other tabs. */
  readonly texts: Readonly<Partial<Record<Tab, string>>>;
  /** By table. */
  readonly sorts: Readonly<Record<string, Sort>>;
  /** Rows that were asked for, by table. */
  readonly rows: Readonly<Record<string, number>>;
}

export const atFirst: HealthState = { tab: "overview", findings: everything, texts: {}, sorts: {}, rows: {} };

/** What was remembered, as far as it can be read. */
export function stateOf(remembered: unknown): HealthState {
  const { tab, findings, texts, sorts, rows } = fieldsOf(remembered);
  return {
    tab: tabs.find((one) => one === tab) ?? atFirst.tab,
    findings: viewOf(findings),
    texts: Object.fromEntries(Object.entries(fieldsOf(texts)).filter(([name, text]) => tabs.some((one) => one === name) && typeof text === "string")),
    sorts: Object.fromEntries(Object.entries(fieldsOf(sorts)).flatMap(([name, sort]) => (isSort(sort) ? [[name, sort]] : []))),
    rows: Object.fromEntries(Object.entries(fieldsOf(rows)).flatMap(([name, most]) => (typeof most === "number" ? [[name, most]] : []))),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function isSort(value: unknown): value is Sort {
  const { column, descending } = fieldsOf(value);
  return typeof column === "string" && typeof descending === "boolean";
}
