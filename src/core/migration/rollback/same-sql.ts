// When two texts of the schema say the same: token by token, apart from white space, comments, letter case and the
// quotes of names, which SQLite's own ALTER changes. This is the comparison that rollbacks are held to.

import { tokenize } from "sqlite3-parser";
import { unquote } from "../../schema/virtual-table";

export function sameSql(a: string, b: string): boolean {
  return a === b || plainSql(a) === plainSql(b);
}

/** One spelling for all texts that say the same. */
function plainSql(sql: string): string {
  return [...tokenize(sql)].map(({ text }) => (text.startsWith("'") ? text : unquote(text).toLowerCase())).join(" ").replace(/^create (table|index|unique index|view|trigger|virtual table) if not exists /, "create $1 ");
}

/** Words of the text in lower case, to see whether it names something. */
export function wordsOf(sql: string): ReadonlySet<string> {
  return new Set([...tokenize(sql)].map(({ text }) => unquote(text).toLowerCase()));
}
