// Dates and times in the form that a column seems to keep them in.

import type { SqlValue } from "../../schema/engine";
import type { Column, Schema } from "../../schema/schema";
import { share } from "./chance";
import type { Domain } from "./domain";

export type DateFormat = "day" | "sql" | "iso" | "seconds" | "milliseconds" | "month";

const DAY = 86_400_000;
const SPAN = 3 * 365 * DAY;

/** Undefined for a column that holds no date. */
export function dateFormat({ type, affinity, defaultValue }: Column, name: string, unit: "seconds" | "milliseconds"): DateFormat | undefined {
  const byDefault = defaultFormat(defaultValue);
  if (byDefault !== undefined) return affinity === "TEXT" && (byDefault === "seconds" || byDefault === "milliseconds") ? "iso" : byDefault;
  const isMoment = /_(at|time|ts|timestamp|until|since)(_ms)?$|^(created|updated|modified|timestamp|ts|last_seen|last_login|expires|expiry|expiration|deadline)$/.test(name);
  const isDay = /(^|_)(date|day|birthday|dob)$|_on$|^(effective|valid|active|period|date)_(from|to|start|end|until)$|^(starts?|ends?)$|(^|_)(last|next)_(check|run|sync|payment|billing)$/.test(name);
  if (/^date$/i.test(type)) return "day";
  if (/^(datetime|timestamp)/i.test(type)) return affinity === "INTEGER" ? unit : "sql";
  if (!isMoment && !isDay) return affinity === "TEXT" && /(^|_)(month|period_month|year_month)$/.test(name) ? "month" : undefined;
  switch (affinity) {
    case "INTEGER":
      return isDay && name.endsWith("day") ? undefined : /_ms$/.test(name) ? "milliseconds" : unit;
    case "REAL":
    case "NUMERIC":
      return isMoment ? unit : undefined;
    case "TEXT":
      return /(start|end)_time$|^time$/.test(name) ? undefined : isDay ? "day" : "iso";
    case "BLOB":
      return undefined;
  }
}

function defaultFormat(defaultValue: string | undefined): DateFormat | undefined {
  const text = (defaultValue ?? "").toLowerCase();
  if (/unixepoch|%s/.test(text)) return /\* *1000/.test(text) ? "milliseconds" : "seconds";
  if (/strftime\([^)]*t%h/.test(text)) return "iso";
  if (/current_timestamp|datetime\(|strftime\([^)]*%h/.test(text)) return "sql";
  return /current_date|\bdate\(/.test(text) ? "day" : undefined;
}

/** Whether the schema's whole numbers of time are seconds: one default that says so speaks for all. */
export function epochUnit(schema: Schema): "seconds" | "milliseconds" {
  const known = units.get(schema);
  if (known !== undefined) return known;
  const unit = schema.tables.some(({ columns }) => columns.some(({ defaultValue }) => defaultFormat(defaultValue) === "seconds")) ? "seconds" : "milliseconds";
  units.set(schema, unit);
  return unit;
}

/** Asked for every column of every table. */
const units = new WeakMap<Schema, "seconds" | "milliseconds">();

/** Rows come in the order of their time, over three years; what is due or expires lies a month later. */
export function dateDomain(format: DateFormat, name: string, { rows, until }: { readonly rows: number; readonly until: number }): Domain {
  const later = /(^|_)(due|expires?|expiry|expiration|ends?|end|until|next|deadline|valid_to|period_to|effective_to|renew)/.test(name) ? 30 * DAY : 0;
  const spread = /^(created|inserted)/.test(name) ? DAY : 20 * DAY;
  const write = (ms: number): SqlValue => written(format, ms);
  const step = format === "day" ? DAY : format === "month" ? 31 * DAY : 60_000;
  return {
    size: Infinity,
    nth: (n) => (format === "month" ? monthAt(until, n) : write(Math.floor((until - SPAN) / DAY) * DAY + n * step)),
    pick: (drawn, row) => write(Math.min(until - 1_000, until - SPAN * (1 - (row + 0.5) / Math.max(1, rows, row + 1)) + (share(drawn) - 0.5) * spread) + later),
    bytes: String(write(until)).length,
  };
}

function written(format: DateFormat, ms: number): SqlValue {
  switch (format) {
    case "day":
      return day(ms);
    case "month":
      return day(ms).slice(0, 7);
    case "sql":
      return `${day(ms)} ${time(ms)}`;
    case "iso":
      return `${day(ms)}T${time(ms)}.${String(Math.floor(ms) % 1000).padStart(3, "0")}Z`;
    case "seconds":
      return Math.floor(ms / 1000);
    case "milliseconds":
      return Math.floor(ms);
  }
}

function monthAt(until: number, n: number): string {
  const end = new Date(until);
  return day(Date.UTC(end.getUTCFullYear() - 3, end.getUTCMonth() + n, 15)).slice(0, 7);
}

const days = new Map<number, string>();

/** Millions of dates fall on a thousand days. */
function day(ms: number): string {
  // Years past 9999 need a sign, which SQLite does not know.
  const number = Math.min(Math.floor(ms / DAY), 2_932_896);
  let text = days.get(number);
  if (text === undefined) {
    if (days.size > 10_000) days.clear();
    days.set(number, (text = new Date(number * DAY).toISOString().slice(0, 10)));
  }
  return text;
}

const twoDigits = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, "0"));

function time(ms: number): string {
  const seconds = Math.floor((ms % DAY) / 1000);
  return `${twoDigits[Math.floor(seconds / 3600)]!}:${twoDigits[Math.floor(seconds / 60) % 60]!}:${twoDigits[seconds % 60]!}`;
}
