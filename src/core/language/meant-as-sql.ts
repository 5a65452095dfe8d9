// Whether a literal that no review knows is meant as SQL: by what the code does with it, by a mark, or by how it begins.
// A text that is none must never be taken for one, since an editor would offer names of tables in it.

import type { LiteralAt } from "../host/literal-at";

/** `wrappers` are functions of the project that are handed SQL. */
export function isMeantAsSql({ use, whole }: Pick<LiteralAt, "use" | "whole">, wrappers: ReadonlySet<string>): boolean {
  const { call, tag, comment, name } = use;
  const { text } = whole;
  if (tag !== undefined) return tag === "sql" || tag === "SQL" || (tag === "raw" && begins(text));
  if (comment !== undefined && /^sql$/i.test(comment)) return true;
  if (/^\s*--\s*sql\b/i.test(text)) return true;
  if (call !== undefined && isDatabaseCall(call.name, call.argument, call.isPattern)) return call.name === "prepare" || mayBegin(text);
  if (call !== undefined && wrappers.has(call.name)) return mayBegin(text);
  if (name !== undefined && /(?:sql|query|stmt|statement)$/i.test(name)) return begins(text);
  return isStatement(text);
}

function isDatabaseCall(name: string, argument: number, isPattern: boolean): boolean {
  return argument === 0 && !isPattern && (name === "prepare" || name === "exec");
}

const first = ["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH", "CREATE", "ALTER", "DROP", "PRAGMA", "EXPLAIN", "VALUES", "ANALYZE", "REINDEX"];

/** Nothing yet, or the beginning of a statement's first word. */
function mayBegin(text: string): boolean {
  const word = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))*([A-Za-z]*)(?![\w-])(?!\s*[:/.=])/.exec(text)?.[1]?.toUpperCase();
  return word !== undefined && first.some((one) => one.startsWith(word)) && (word === "" ? /^\s*$/.test(text) : first.includes(word) || text.trim().length === word.length);
}

function begins(text: string): boolean {
  return /^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)*(?:SELECT|INSERT|REPLACE|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|PRAGMA|EXPLAIN)\s/i.test(text);
}

/** Words that English does not put like that. */
function isStatement(text: string): boolean {
  return /^\s*(?:SELECT\s[^]*\sFROM\s|INSERT\s+(?:OR\s+[A-Z]+\s+)?INTO\s|REPLACE\s+INTO\s|UPDATE\s+(?:OR\s+[A-Z]+\s+)?["\w]+\s+SET\s|DELETE\s+FROM\s|WITH\s+(?:RECURSIVE\s+)?\w+\s*(?:\([^)]*\)\s*)?AS\s*\(|CREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX|VIEW|TRIGGER|VIRTUAL)\s|ALTER\s+TABLE\s|DROP\s+(?:TABLE|INDEX|VIEW|TRIGGER)\s)/.test(text) || /^\s*(?:insert\s+into\s+["\w]+\s*[(s]|delete\s+from\s+["\w]+\s+where\s|update\s+["\w]+\s+set\s+["\w]+\s*=|select\s[^]*\sfrom\s+["\w]+\s*(?:$|where\s|join\s|inner\s|left\s|order\s|group\s|limit\s))/.test(text);
}
