// Lays out the SQL at a cursor: keywords at the beginning of lines, as `sql-formatter` does it. What is put into the text
// stays as it is written, character by character, and a text whose words would not stay the same is left alone.

import { formatDialect, sqlite } from "sql-formatter";
import { escapeFor } from "../embed/source-map";
import type { HoledText } from "../host/literal-at";
import type { Span } from "../text/span";
import type { TextEdit } from "../text/edit";
import type { SqlAt } from "./cursor";
import { readTokens } from "./tokens";

export interface Layout {
  /** Of one level, such as two blanks or a tab. */
  readonly indent: string;
}

/** `message` says why it cannot be done. */
export type Formatted = { readonly ok: true; readonly edits: readonly TextEdit[] } | { readonly ok: false; readonly message: string };

/** The edit of the document with this text. */
export function formatSql(at: SqlAt, document: string, layout: Layout): Formatted {
  return at.literal === undefined ? formatStatement(at, document, layout) : formatLiteral(at, document, layout);
}

function formatStatement({ text, statement }: SqlAt, document: string, { indent }: Layout): Formatted {
  const sql = text.text.slice(statement.start, statement.end);
  const span: Span = { start: statement.start + sql.length - sql.trimStart().length, end: statement.start + sql.trimEnd().length };
  if (span.start >= span.end) return refused("There is no statement at the cursor");
  const laid = laidOut(document.slice(span.start, span.end), indent);
  return laid === undefined ? refused(unread) : changed({ span, newText: laid }, document);
}

const unread = "The statement cannot be laid out without changing it: is it complete?";

function formatLiteral({ literal, site }: SqlAt, document: string, { indent }: Layout): Formatted {
  const { whole, quote, use } = literal!;
  const { fragment } = whole;
  const written = partsOf(whole, document);
  if (written === undefined) return refused("The text is joined of several literals: a layout cannot be mapped back to them");
  const laid = laidOut(written.sql, indent);
  if (laid === undefined) return refused(unread);
  if (!laid.includes("\n")) return refused("There is nothing to lay out: the statement fits a line");
  if (use.call?.name === "exec" || site?.method === "exec") return refused("D1's `exec` takes each line for a statement of its own, so the text has to stay on one line");
  const isTag = use.tag !== undefined;
  if (!isTag && document[fragment.start - 1] === "=" && /[\w-]=$/.test(document.slice(0, fragment.start)) && quote !== "`") return refused("An attribute cannot hold a template");
  const base = /^[\t ]*/.exec(document.slice(document.lastIndexOf("\n", fragment.start - 1) + 1))![0];
  const lines = indented(laid, base + indent, document.includes("\r\n") ? "\r\n" : "\n");
  const escaped = escapedAround(lines, written.holes, quote === "raw" ? "raw" : "`");
  if (escaped === undefined) return refused("The text cannot be written in `String.raw`");
  const lineBreak = document.includes("\r\n") ? "\r\n" : "\n";
  const open = document.slice(fragment.start, fragment.end).startsWith("String.raw") ? "String.raw`" : "`";
  return changed({ span: fragment, newText: `${open}${lineBreak}${escaped}${lineBreak}${base}\`` }, document);
}

interface Written {
  /** With a word for each interpolation. */
  readonly sql: string;
  /** Each word, and the interpolation as it is written with its braces. */
  readonly holes: readonly (readonly [word: string, source: string])[];
}

/** The text of one literal or template; undefined where it is put together otherwise. */
function partsOf({ segments, text, fragment }: HoledText, document: string): Written | undefined {
  const source = document.slice(fragment.start, fragment.end);
  const isTemplate = /^(?:String\.raw\s*)?`/.test(source);
  let sql = "";
  const holes: (readonly [string, string])[] = [];
  for (const [at, segment] of segments.entries()) {
    if (segment.source === undefined) return undefined;
    if (segment.kind !== "hole") {
      const before = segments[at - 1];
      if (before !== undefined && before.kind !== "hole" && before.source?.end !== segment.source.start) return undefined;
      sql += text.slice(segment.sql.start, segment.sql.end);
      continue;
    }
    const around = isTemplate ? interpolation(segment.source, document, fragment) : undefined;
    if (around === undefined) return undefined;
    let word = `__hole_${holes.length}__`;
    while (text.includes(word)) word = `_${word}_`;
    holes.push([word, document.slice(around.start, around.end)]);
    sql += word;
  }
  return { sql, holes };
}

/** From `${` to `}`, blanks and comments within included. */
function interpolation({ start, end }: Span, document: string, within: Span): Span | undefined {
  const open = document.lastIndexOf("${", start);
  const close = document.indexOf("}", end);
  const isPlain = open >= within.start && close >= 0 && close < within.end && document.slice(open + 2, start).trim() === "" && document.slice(end, close).trim() === "";
  return isPlain ? { start: open, end: close + 1 } : undefined;
}

/** Undefined where it cannot be read, or where more than blanks would change. */
function laidOut(sql: string, indent: string): string | undefined {
  let laid: string;
  try {
    laid = formatDialect(sql, { dialect: sqlite, keywordCase: "preserve", useTabs: indent.startsWith("\t"), tabWidth: indent.startsWith("\t") ? 2 : Math.max(1, indent.length), paramTypes: { positional: true, numbered: ["?"], named: [":", "@", "$"] } });
  } catch {
    return undefined;
  }
  return words(laid) === words(sql) ? laid : undefined;
}

function words(sql: string): string {
  return readTokens(sql).map(({ text, kind }) => (kind === "comment" ? text.replace(/\s+/g, " ").trim() : text)).join("\u0000");
}

/** Lines that begin within a string stay as they are. */
function indented(sql: string, indent: string, lineBreak: string): string {
  const strings = readTokens(sql).filter(({ kind }) => kind === "string" || kind === "name");
  return sql
    .replace(/\n(?!\n|$)|^/g, (found, at: number) => (found !== "" && strings.some(({ start, end }) => start < at && at < end) ? found : found + indent))
    .replace(/\n/g, lineBreak);
}

/** Escaped for the template, with the interpolations in it. */
function escapedAround(sql: string, holes: Written["holes"], quote: "`" | "raw"): string | undefined {
  const parts = holes.reduce<readonly string[]>((split, [word]) => [...split.slice(0, -1), ...split.at(-1)!.split(word)], [sql]);
  if (parts.length !== holes.length + 1) return undefined;
  // A line break is written as one; a carriage return before it is no text of the template.
  const escaped = parts.map((part) => escapeFor(part.replaceAll("\r\n", "\n"), quote)?.replaceAll("\n", sql.includes("\r\n") ? "\r\n" : "\n"));
  if (escaped.some((part) => part === undefined)) return undefined;
  return escaped.map((part, at) => part! + (holes[at]?.[1] ?? "")).join("");
}

function changed(edit: TextEdit, document: string): Formatted {
  return { ok: true, edits: document.slice(edit.span.start, edit.span.end) === edit.newText ? [] : [edit] };
}

function refused(message: string): Formatted {
  return { ok: false, message };
}
