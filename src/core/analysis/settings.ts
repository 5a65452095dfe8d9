// `plumbline.json`, checked: what the project says about itself.

import type { Severity } from "../rules/finding";

export interface Settings {
  readonly target: "d1" | "sqlite";
  /** Globs of code files; undefined means the default set. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[];
  readonly databases: readonly DatabaseSetting[];
  /** Row counts by table name, and for tables that are not named. */
  readonly rows: { readonly default: number | undefined; readonly tables: Readonly<Record<string, number>> };
  readonly rules: Readonly<Record<string, Severity | "off">>;
  readonly slowMs: number;
  readonly wrappers: readonly string[];
  readonly rollbacks: string | undefined;
  readonly caching: {
    readonly binding: string | undefined;
    readonly style: "kv" | "workers-cache" | "cache-api" | undefined;
    readonly ttl: Readonly<Record<string, number>>;
  };
  readonly alerts: Readonly<Partial<Record<"p95Ms" | "rowsRead" | "errorRate" | "hitRate" | "queriesPerRequest", number>>>;
}

export interface DatabaseSetting {
  readonly binding: string;
  readonly migrations: string | undefined;
  readonly schema: string | undefined;
}

export const defaultSettings: Settings = {
  target: "d1",
  include: undefined,
  exclude: [],
  databases: [],
  rows: { default: undefined, tables: {} },
  rules: {},
  slowMs: 100,
  wrappers: [],
  rollbacks: undefined,
  caching: { binding: undefined, style: undefined, ttl: {} },
  alerts: {},
};

/** The severity of a rule's findings, as the settings have it. */
export function severitySet(set: Severity | "off" | undefined, own: Severity): Severity {
  return set === undefined || set === "off" ? own : set;
}
