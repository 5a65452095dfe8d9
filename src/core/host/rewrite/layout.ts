// How the code around is written (indentation, semicolons, line breaks, free names), so that what is added reads alike.

import { ts } from "../typescript";
import { applyEdits, type TextEdit } from "../../text/edit";
import type { Span } from "../../text/span";
import { descendants, enclosingFunction, methodOf } from "../syntax";

export class Layout {
  readonly file: ts.SourceFile;
  readonly newLine: string;
  readonly semicolon: string;
  readonly unit: string;
  readonly isTypeScript: boolean;

  constructor(file: ts.SourceFile) {
    this.file = file;
    const { text } = file;
    this.newLine = text.includes("\r\n") ? "\r\n" : "\n";
    this.semicolon = endsWithSemicolons(file) ? ";" : "";
    this.unit = indentUnit(text);
    this.isTypeScript = /\.(?:[cm]?ts|tsx)$/i.test(file.fileName);
  }

  text(node: ts.Node): string {
    return this.file.text.slice(node.getStart(this.file), node.end);
  }

  start(node: ts.Node): number {
    return node.getStart(this.file);
  }

  /** The white space before the first character of the line that holds the offset. */
  indentAt(offset: number): string {
    const { text } = this.file;
    const start = text.lastIndexOf("\n", offset - 1) + 1;
    return /^[^\S\r\n]*/.exec(text.slice(start, offset))![0];
  }

  /** True where nothing but white space stands before the node on its line. */
  startsLine(node: ts.Node): boolean {
    const at = this.start(node);
    return this.file.text.slice(this.file.text.lastIndexOf("\n", at - 1) + 1, at).trim() === "";
  }

  isOneLine(node: ts.Node): boolean {
    return !this.text(node).includes("\n");
  }

  /** Where a statement starts, comments on lines of their own directly above it included. */
  startWithComments(statement: ts.Node): number {
    const { text } = this.file;
    let start = this.start(statement);
    for (const comment of [...(ts.getLeadingCommentRanges(text, statement.pos) ?? [])].reverse()) {
      const isAbove = /^[^\S\n]*\r?\n[^\S\n]*$/.test(text.slice(comment.end, start));
      const isAlone = text.slice(text.lastIndexOf("\n", comment.pos - 1) + 1, comment.pos).trim() === "";
      if (!isAbove || !isAlone) break;
      start = comment.pos;
    }
    return start;
  }

  /** The whole lines of a stretch where it stands on lines of its own, a blank line after it included. */
  wholeLines(start: number, end: number): Span {
    const { text } = this.file;
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    const lineEnd = text.indexOf("\n", end);
    if (lineEnd < 0 || text.slice(lineStart, start).trim() !== "" || text.slice(end, lineEnd).trim() !== "") return { start, end };
    const blank = /^(?:[^\S\n]*\r?\n)*/.exec(text.slice(lineEnd + 1))![0].length;
    return { start: lineStart, end: lineEnd + 1 + blank };
  }

  /** True where a comment stands in the stretch, which holds no literals. */
  hasComment({ start, end }: Span): boolean {
    return /\/[/*]/.test(this.file.text.slice(start, end));
  }

  /** A node's text moved to another indentation, with edits within its lines. Lines within template literals stay as they are. */
  moved(from: number, end: number, node: ts.Node, indent: string, edits: readonly TextEdit[] = []): string {
    const old = this.indentAt(from);
    const slice = (start: number, to: number): string => applyEdits(text.slice(start, to), edits.flatMap(({ span, newText }) => (start <= span.start && span.end <= to ? [{ span: { start: span.start - start, end: span.end - start }, newText }] : [])));
    const templates = descendants(node).filter((inner) => ts.isNoSubstitutionTemplateLiteral(inner) || ts.isTemplateExpression(inner));
    const { text } = this.file;
    let result = "";
    let at = from;
    for (let next = text.indexOf("\n", at); next >= 0 && next < end; next = text.indexOf("\n", at)) {
      const line = next + 1;
      result += slice(at, line);
      at = line;
      if (templates.some((template) => this.start(template) < line && line <= template.end - 1) || !text.startsWith(old, line)) continue;
      at = line + old.length;
      if (!/^[^\S\r\n]*\r?\n/.test(text.slice(at, end))) result += indent;
    }
    return result + slice(at, end);
  }

  /** The first of the names that no identifier of the function has. */
  unusedName(near: ts.Node, ...names: readonly string[]): string {
    return this.#unused(near, names).next().value!;
  }

  /**
   * A name for a constant beside the loop. Every loop of the function has its own, so that several loops of a block can
   * be rewritten at once.
   */
  freeName(near: ts.Node, ...names: readonly string[]): string {
    const before = descendants(outermostFunction(near)).filter((node) => isLoop(node) && node.end <= near.pos && /\.(?:run|all|first|raw)\b|\bawait\b/.test(node.getText(this.file)));
    const unused = this.#unused(near, names);
    for (let at = 0; at < before.length; at++) unused.next();
    return unused.next().value!;
  }

  *#unused(near: ts.Node, names: readonly string[]): Generator<string, string> {
    const taken = new Set(descendants(outermostFunction(near)).filter((node) => ts.isIdentifier(node)).map((node) => node.text));
    for (const name of names) if (!taken.has(name)) yield name;
    for (let n = 2; ; n++) if (!taken.has(`${names[0]}${n}`)) yield `${names[0]}${n}`;
  }

  /** True where a type of D1 can be named without an import. */
  knowsType(name: string): boolean {
    if (!this.isTypeScript) return false;
    const imports = this.file.statements.filter((node) => ts.isImportDeclaration(node)).map((node) => this.text(node));
    if (imports.some((one) => new RegExp(`\\b${name}\\b`).test(one))) return true;
    return !imports.some((one) => one.includes("@cloudflare/workers-types"));
  }
}

function isLoop(node: ts.Node): boolean {
  return ts.isIterationStatement(node, false) || (ts.isCallExpression(node) && methodOf(node)?.name.text === "map");
}

function outermostFunction(node: ts.Node): ts.Node {
  let outer: ts.Node = node.getSourceFile();
  for (let at = enclosingFunction(node); at !== undefined; at = enclosingFunction(at)) outer = at;
  return outer;
}

function endsWithSemicolons(file: ts.SourceFile): boolean {
  let yes = 0;
  let no = 0;
  for (const node of descendants(file)) {
    if (!ts.isVariableStatement(node) && !ts.isExpressionStatement(node) && !ts.isReturnStatement(node) && !ts.isImportDeclaration(node)) continue;
    if (file.text[node.end - 1] === ";") yes++;
    else no++;
  }
  return yes >= no;
}

function indentUnit(text: string): string {
  if ([...text.matchAll(/^\t/gm)].length > [...text.matchAll(/^ {2}/gm)].length) return "\t";
  const widths = [...text.matchAll(/^( +)\S/gm)].map((match) => match[1]!.length).filter((width) => width > 1);
  return " ".repeat(widths.length === 0 ? 2 : Math.min(4, Math.min(...widths)));
}
