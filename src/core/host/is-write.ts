// Whether a statement writes, by its first word, or by how it is run where its text is not known.

import type { CallSite } from "./call-site";

const reading = /^(?:\s|;|\(|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*(?:SELECT|PRAGMA|EXPLAIN|VALUES)\b/i;
const withReading = /^\s*WITH\b(?![^]*\b(?:INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|REPLACE\s+INTO)\b)/i;

export function isWrite(site: CallSite): boolean {
  const text = site.sql.variants[0]?.text;
  if (text !== undefined) return !reading.test(text) && !withReading.test(text);
  return site.method === "exec" || site.executions.some((execution) => execution.method === "run" || execution.method === "batch");
}
