// Which alerts the user was told of, and which ones are muted: each is told of at most once an hour, and not again while its
// figure is the same. Plain data, kept for the workspace over its windows. It must not know VS Code.

import type { FolderAlert } from "../protocol/lsp";

/** By `alertKey`. */
export type AlertMemory = Readonly<Record<string, Told>>;

interface Told {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
  readonly muted?: true;
}

const HOUR_MS = 3_600_000;
/** Those that were told of long ago are forgotten: their figure may be the same, but nobody remembers. */
const KEPT_MS = 30 * 24 * HOUR_MS;
const MOST_KEPT = 500;

/** All figures of one query, request or cache are told of together. */
export function alertKey({ folder, subject }: Pick<FolderAlert, "folder" | "subject">): string {
  return JSON.stringify([folder, subject]);
}

/** The alerts that the user does not know of, each subject once, in their order. */
export function dueAlerts(alerts: readonly FolderAlert[], memory: AlertMemory, now: number): readonly FolderAlert[] {
  const due = new Map<string, FolderAlert>();
  for (const alert of alerts) {
    const key = alertKey(alert);
    const told = memory[key];
    const isKnown = told !== undefined && (told.muted === true || now - told.at < HOUR_MS || told.value === alert.value);
    if (!isKnown && !due.has(key)) due.set(key, alert);
  }
  return [...due.values()];
}

export function withTold(memory: AlertMemory, alerts: readonly FolderAlert[], now: number): AlertMemory {
  const told = alerts.map((alert) => [alertKey(alert), { at: now, value: alert.value }] as const);
  const before = Object.entries(memory).filter(([, { at, muted }]) => muted === true || now - at < KEPT_MS);
  return Object.fromEntries([...before.filter(([key]) => !told.some(([one]) => one === key)), ...told].slice(-MOST_KEPT));
}

export function withMuted(memory: AlertMemory, alert: FolderAlert, now: number): AlertMemory {
  return { ...memory, [alertKey(alert)]: { at: now, value: alert.value, muted: true } };
}
