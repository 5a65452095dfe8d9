// The string literal at a place of a code file that may be half-typed: what stands between its quotes, the whole text
// that it is written into, and what the code around does with it. It does not judge whether that is SQL.

import { ts } from "./typescript";
import type { EmbeddedText, Quote, Segment } from "../embed/embedded-text";
import type { Span } from "../text/span";
import type { Hole } from "./call-site";
import { HoleGuesser } from "./holes";
import { literalPieces, type Piece } from "./literal";
import { parseHost } from "./parse";
import { looksLikePattern, receiverText } from "./receivers";
import { calleeName, methodOf, spanOf, unwrap, wrapped } from "./syntax";

/** A text with the places of what is not written in it. */
export interface HoledText extends EmbeddedText {
  readonly holes: readonly Hole[];
}

export interface LiteralAt {
  /** Between the quotes; of a template the stretch without interpolations that the place is in. */
  readonly inside: Span;
  readonly quote: Quote;
  readonly pieces: readonly Piece[];
  /** The sum or template that the literal is a part of. */
  readonly whole: HoledText;
  readonly use: LiteralUse;
}

/** What the code does with the text, as far as its nearest surroundings tell. */
export interface LiteralUse {
  /** The call that it is handed to. */
  readonly call: LiteralCall | undefined;
  /** The name of the tag of a template. */
  readonly tag: string | undefined;
  /** The comment right before it, without its marks. */
  readonly comment: string | undefined;
  /** The variable or property that it is put into. */
  readonly name: string | undefined;
}

export interface LiteralCall {
  readonly name: string;
  /** As written; empty for a plain function. */
  readonly receiver: string;
  /** The receiver is a regular expression by its look. */
  readonly isPattern: boolean;
  /** From 0. */
  readonly argument: number;
}

export function literalAt(path: string, text: string, offset: number): LiteralAt | undefined {
  try {
    const file = parseHost(path, text);
    const node = stringNodeAt(file, offset);
    const written = node && insideOf(node, file);
    if (node === undefined || written === undefined) return undefined;
    const pieces = literalPieces(file.text, written.inside.start, written.inside.end, written.quote);
    if (pieces === undefined) return undefined;
    const top = textAround(node);
    const whole = wholeText(top, file);
    return whole && { ...written, pieces, whole, use: useOf(top, file) };
  } catch (error) {
    // Generated code can nest deeper than the stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type StringNode = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail;

function isStringNode(node: ts.Node): node is StringNode {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

function stringNodeAt(file: ts.SourceFile, offset: number): StringNode | undefined {
  let at: ts.Node | undefined = file;
  while (at !== undefined && !isStringNode(at)) {
    const around: ts.Node | undefined = ts.forEachChild(at, (child) => (child.pos <= offset && offset <= child.end && holds(child, file, offset) ? child : undefined));
    at = around;
  }
  return at;
}

/** Two neighbours meet at an offset; only one of them has it within. */
function holds(child: ts.Node, file: ts.SourceFile, offset: number): boolean {
  if (!isStringNode(child)) return child.pos < offset && (offset < child.end || isOpen(child, file));
  const { inside } = insideOf(child, file) ?? {};
  return inside !== undefined && inside.start <= offset && offset <= inside.end;
}

/** Its last literal has no closing quote. */
function isOpen(node: ts.Node, file: ts.SourceFile): boolean {
  let last: ts.Node | undefined = node;
  while (last !== undefined && !isStringNode(last)) {
    let next: ts.Node | undefined;
    ts.forEachChild(last, (child) => void (child.end === node.end ? (next = child) : undefined));
    last = next;
  }
  return last !== undefined && isUnterminated(last) && last.getStart(file) < node.end;
}

function isUnterminated(node: StringNode): boolean {
  return node.isUnterminated === true;
}

function insideOf(node: StringNode, file: ts.SourceFile): { readonly inside: Span; readonly quote: Quote } | undefined {
  const start = node.getStart(file) + 1;
  const closing = isUnterminated(node) ? 0 : ts.isTemplateHead(node) || ts.isTemplateMiddle(node) ? 2 : 1;
  const quote: Quote = !ts.isStringLiteral(node) ? (isRaw(node) ? "raw" : "`") : file.text[start - 1] === "'" ? "'" : '"';
  return node.end - closing < start ? undefined : { inside: { start, end: node.end - closing }, quote };
}

function isRaw(node: ts.Node): boolean {
  const template = ts.isTemplateHead(node) ? node.parent : ts.isTemplateMiddleOrTemplateTail(node) ? node.parent.parent : node;
  return ts.isTaggedTemplateExpression(template.parent) && template.parent.tag.getText() === "String.raw";
}

/** The outermost sum or template around. */
function textAround(node: StringNode): ts.Node {
  let at: ts.Node = ts.isTemplateHead(node) ? node.parent : ts.isTemplateMiddleOrTemplateTail(node) ? node.parent.parent : node;
  for (;;) {
    const outer = wrapped(at);
    if (isSum(outer.parent)) at = outer.parent;
    else return at;
  }
}

function isSum(node: ts.Node | undefined): node is ts.BinaryExpression {
  return node !== undefined && ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

type Item = { readonly piece: Piece } | { readonly hole: Span };

function wholeText(top: ts.Node, file: ts.SourceFile): HoledText | undefined {
  const items = partsOf(top).flatMap((part) => itemsOf(part, file));
  const fragment = spanOf(top, file);
  const segments: Segment[] = [];
  const holes: Hole[] = [];
  const guesser = new HoleGuesser();
  let text = "";
  for (const [at, item] of items.entries()) {
    const start = text.length;
    if ("hole" in item) {
      const guess = guesser.guess(knownFrom(items, at + 1));
      text += guess.text;
      holes.push({ span: { start, end: text.length }, kind: guess.kind });
      segments.push({ sql: { start, end: text.length }, source: item.hole, kind: "hole" });
    } else {
      text += item.piece.text;
      segments.push(segmentOf(item.piece, start, fragment));
    }
    guesser.read(text.slice(start));
  }
  return { text, segments, fragment, holes };
}

function segmentOf({ text, source, kind, quote }: Piece, start: number, expression: Span): Segment {
  return { sql: { start, end: start + text.length }, source, kind, expression, ...(quote === undefined ? {} : { quote }) };
}

function knownFrom(items: readonly Item[], from: number): string {
  let known = "";
  for (const item of items.slice(from)) {
    if ("hole" in item) break;
    known += item.piece.text;
  }
  return known;
}

/** The summands, without walking down a long sum. */
function partsOf(top: ts.Node): readonly ts.Node[] {
  const parts: ts.Node[] = [];
  const stack = [top];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const inner = unwrap(node as ts.Expression);
    if (isSum(inner)) stack.push(inner.right, inner.left);
    else if (ts.isTemplateExpression(inner)) parts.push(inner.head, ...inner.templateSpans.flatMap((span) => [span.expression, span.literal]));
    else parts.push(inner);
  }
  return parts;
}

function itemsOf(part: ts.Node, file: ts.SourceFile): readonly Item[] {
  const written = isStringNode(part) ? insideOf(part, file) : undefined;
  const pieces = written && literalPieces(file.text, written.inside.start, written.inside.end, written.quote);
  return pieces?.map((piece) => ({ piece })) ?? [{ hole: spanOf(part, file) }];
}

function useOf(top: ts.Node, file: ts.SourceFile): LiteralUse {
  const outer = wrapped(top);
  const { parent } = outer;
  const tag = ts.isTaggedTemplateExpression(parent) ? parent : undefined;
  const place = tag === undefined ? outer : wrapped(tag);
  return { call: callOf(place), tag: tag && nameOf(tag.tag), comment: commentBefore(place, file), name: targetOf(place) };
}

function callOf(argument: ts.Node): LiteralCall | undefined {
  const call = argument.parent;
  if (!ts.isCallExpression(call) || call.expression === argument) return undefined;
  const receiver = methodOf(call)?.expression;
  return {
    name: calleeName(call)?.text ?? "",
    receiver: receiver === undefined ? "" : receiverText(receiver),
    isPattern: receiver !== undefined && looksLikePattern(receiver),
    argument: call.arguments.indexOf(argument as ts.Expression),
  };
}

function nameOf(tag: ts.Expression): string {
  const node = unwrap(tag);
  if (ts.isCallExpression(node)) return nameOf(node.expression);
  return ts.isPropertyAccessExpression(node) ? node.name.text : node.getText();
}

function commentBefore(node: ts.Node, file: ts.SourceFile): string | undefined {
  const last = ts.getLeadingCommentRanges(file.text, node.pos)?.at(-1) ?? ts.getTrailingCommentRanges(file.text, node.pos)?.at(-1);
  return last && file.text.slice(last.pos, last.end).replace(/^\/[/*]|\*\/$/g, "").trim();
}

function targetOf(value: ts.Node): string | undefined {
  const { parent } = value;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText();
  if (!ts.isBinaryExpression(parent) || parent.right !== value) return undefined;
  const target = unwrap(parent.left);
  return ts.isPropertyAccessExpression(target) ? target.name.text : ts.isIdentifier(target) ? target.text : undefined;
}
