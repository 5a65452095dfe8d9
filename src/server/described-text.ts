// What a table, a column or a function is, as Markdown, for hovers and for the items of a completion.

import type { Described } from "../protocol/language";
import { fenced, link } from "./markdown";

type Link = (file: string) => string;
type Table = Extract<Described, { readonly kind: "table" }>;
type Column = Table["columns"][number];
type Index = Table["indexes"][number];

/** Of a wide table the rest is counted. */
const MOST_COLUMNS = 40;

export function describedText(described: Described, uriOf: Link): string {
  switch (described.kind) {
    case "table":
      return tableText(described, uriOf);
    case "column":
      return columnText(described, uriOf);
    case "results":
      return [`${capital(described.what)} ${code(described.name)}`, described.columns.map(code).join(", "), madeIn(described, uriOf)].filter((part) => part !== "").join("\n\n");
    case "result":
      return `Result ${code(described.name)}${described.of === "" ? "" : ` of ${code(described.of)}`}`;
    case "function":
      return [fenced("sql", described.signature), described.words, described.refusal ?? "Allowed on D1"].filter((part) => part !== "").join("\n\n");
  }
}

function tableText({ name, virtual, columns, indexes, rows, madeIn: made, alias }: Table, uriOf: Link): string {
  const shown = columns.slice(0, MOST_COLUMNS).map((column) => `  ${column.name} ${columnWords(column)}`.trimEnd());
  const more = columns.length > MOST_COLUMNS ? [`  -- and ${columns.length - MOST_COLUMNS} more`] : [];
  const head = alias === undefined ? "" : `${code(alias)} is ${code(name)}`;
  const listed = indexes.map((index) => `- ${indexWords(index)}`).join("\n");
  const kind = virtual ? "virtual table" : "table";
  return [head, fenced("sql", [`${kind} ${name}`, ...shown, ...more].join("\n")), listed, rows ?? "", madeIn({ madeIn: made }, uriOf)].filter((part) => part !== "").join("\n\n");
}

function columnText({ table, column, values, indexes, madeIn: made }: Extract<Described, { readonly kind: "column" }>, uriOf: Link): string {
  const held = indexes.length === 0 ? (column.primaryKey ? "" : "In no index") : `In ${indexes.map(indexWords).join("; ")}`;
  const allowed = values.length === 0 ? "" : `One of ${values.map(code).join(", ")}`;
  return [fenced("sql", `${table}.${column.name} ${columnWords(column)}`.trimEnd()), allowed, held, madeIn({ madeIn: made }, uriOf)].filter((part) => part !== "").join("\n\n");
}

function columnWords({ type, primaryKey, notNull, unique, generated, defaultValue, references }: Column): string {
  const words = [type, primaryKey ? "PRIMARY KEY" : "", notNull && !primaryKey ? "NOT NULL" : "", unique && !primaryKey ? "UNIQUE" : "", generated ? "generated" : "", defaultValue === undefined ? "" : `DEFAULT ${defaultValue}`, references === undefined ? "" : `→ ${references}`];
  return words.filter((word) => word !== "").join(" ");
}

function indexWords({ name, unique, parts, where }: Index): string {
  const shown = name.startsWith("sqlite_autoindex_") ? "the key" : code(name);
  return `${unique && !name.startsWith("sqlite_autoindex_") ? "unique " : ""}${shown} (${parts.map(code).join(", ")})${where === undefined ? "" : ` where ${code(where)}`}`;
}

function madeIn({ madeIn: made }: { readonly madeIn: { readonly file: string; readonly line: number } | undefined }, uriOf: Link): string {
  return made === undefined ? "" : `Made in ${link(made, uriOf)}`;
}

/** Names may hold anything. */
function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
