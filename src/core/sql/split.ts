// Cuts the text of a migration file into statements, as SQLite's shell and wrangler do: at semicolons outside strings,
// comments, brackets and trigger bodies. It does not parse, so broken SQL still falls into statements, and it reads
// each character once, so a seed of many megabytes costs no more than its length.

import type { Span } from "../text/span";

export interface SplitStatement {
  /** From the first token to the last one; comments around it and the semicolon are left out. */
  readonly span: Span;
  readonly text: string;
  /** Whether a semicolon ends it: at drizzle's breakpoint alone wrangler goes on. */
  readonly terminated: boolean;
}

export function splitStatements(text: string): SplitStatement[] {
  const statements: SplitStatement[] = [];
  let current = startState();
  let at = 0;
  while (at < text.length) {
    const token = nextToken(text, at);
    at = token.end;
    if (token.kind === "blank") continue;
    if (token.kind === "breakpoint" ? !insideTrigger(current) : token.kind === "semicolon" && endsStatement(current)) {
      finish(text, current, statements, token.kind === "semicolon");
      current = startState();
    } else if (token.kind !== "breakpoint") {
      advance(text, current, token);
    }
  }
  finish(text, current, statements, false);
  return statements;
}

interface Token {
  readonly kind: "blank" | "breakpoint" | "semicolon" | "word" | "other";
  readonly start: number;
  readonly end: number;
}

/** How far the current statement has come. A trigger ends at an END that follows a semicolon or stands outside CASE. */
interface State {
  start: number;
  end: number;
  words: number;
  trigger: "maybe" | "no" | "head" | "body" | "ended";
  caseDepth: number;
  previous: "semicolon" | "operator" | "operand";
}

function startState(): State {
  return { start: -1, end: -1, words: 0, trigger: "maybe", caseDepth: 0, previous: "semicolon" };
}

function insideTrigger(state: State): boolean {
  return state.trigger === "head" || state.trigger === "body";
}

function endsStatement(state: State): boolean {
  return state.trigger !== "body";
}

function finish(text: string, state: State, into: SplitStatement[], terminated: boolean): void {
  if (state.start < 0) return;
  into.push({ span: { start: state.start, end: state.end }, text: text.slice(state.start, state.end), terminated });
}

function advance(text: string, state: State, token: Token): void {
  if (state.start < 0) state.start = token.start;
  state.end = token.end;
  if (token.kind === "semicolon") {
    state.previous = "semicolon";
    return;
  }
  const tracked = state.trigger !== "no";
  const word = tracked && token.kind === "word" && token.end - token.start <= 9 ? text.slice(token.start, token.end).toUpperCase() : "";
  const previous = state.previous;
  state.previous = token.kind === "word" ? afterWord(word) : afterOther(text, token);
  if (!tracked) return;
  if (state.trigger === "maybe") state.trigger = opening(state.words++, word);
  else if (word === "CASE") state.caseDepth++;
  else if (state.trigger === "head" && word === "BEGIN" && state.caseDepth === 0 && previous === "operand") state.trigger = "body";
  else if (word === "END" && state.caseDepth > 0) state.caseDepth--;
  else if (state.trigger === "body" && word === "END" && previous !== "operator") state.trigger = "ended";
  else if (state.trigger === "ended") state.trigger = "body";
  if (state.trigger === "body" && word === "BEGIN") state.previous = "semicolon";
}

/** Follows `CREATE [TEMP|TEMPORARY] TRIGGER`, perhaps after EXPLAIN [QUERY PLAN]. */
function opening(index: number, word: string): State["trigger"] {
  if (word === "TRIGGER" && index > 0) return "head";
  const known = word === "CREATE" || word === "TEMP" || word === "TEMPORARY" || word === "EXPLAIN" || word === "QUERY" || word === "PLAN";
  return known ? "maybe" : "no";
}

/** Keywords after which END is a name (`SELECT end`), since an operand must follow. */
const wantsOperand = /^(SELECT|WHERE|AND|OR|NOT|BY|SET|WHEN|THEN|ELSE|ON|OF|IN|LIKE|AS|FROM|INTO|UPDATE)$/;

function afterWord(word: string): State["previous"] {
  return wantsOperand.test(word) ? "operator" : "operand";
}

function afterOther(text: string, token: Token): State["previous"] {
  const c = text.charCodeAt(token.end - 1);
  const closes = c === 0x29 || c === 0x27 || c === 0x22 || c === 0x60 || c === 0x5d || c === 0x3f;
  return closes ? "operand" : "operator";
}

const breakpointMark = "--> statement-breakpoint";

function nextToken(text: string, start: number): Token {
  const c = text.charCodeAt(start);
  if (c === 0x3b) return { kind: "semicolon", start, end: start + 1 };
  if (c === 0x2d && text.charCodeAt(start + 1) === 0x2d) {
    const lineEnd = text.indexOf("\n", start);
    const end = lineEnd < 0 ? text.length : lineEnd + 1;
    return { kind: text.startsWith(breakpointMark, start) ? "breakpoint" : "blank", start, end };
  }
  if (c === 0x2f && text.charCodeAt(start + 1) === 0x2a) {
    return { kind: "blank", start, end: after(text, "*/", start + 2) };
  }
  if (isSpace(c)) return { kind: "blank", start, end: start + 1 };
  if (c === 0x27 || c === 0x22 || c === 0x60) return { kind: "other", start, end: after(text, text[start]!, start + 1) };
  if (c === 0x5b) return { kind: "other", start, end: after(text, "]", start + 1) };
  if (isWordUnit(c)) {
    let end = start + 1;
    while (end < text.length && isWordUnit(text.charCodeAt(end))) end++;
    return { kind: "word", start, end };
  }
  return { kind: "other", start, end: start + 1 };
}

/** A doubled quote reads as two strings side by side, which cuts no differently. */
function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

function isSpace(c: number): boolean {
  return c === 0x20 || (c >= 0x09 && c <= 0x0d) || c === 0xfeff;
}

function isWordUnit(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x5f || c === 0x24 || c > 0x7f;
}
