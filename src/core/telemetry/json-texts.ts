// Takes a text apart into its JSON values: one a line, or one over several lines, as `wrangler tail --format json` prints
// it (indented, with its braces at the margin). Lines between them that are no JSON are told apart.

import type { SkipReason } from "./read-events";

export type JsonText = { readonly value: unknown } | Extract<SkipReason, "no JSON" | "broken or cut-off JSON" | "too long">;

/** Workers Logs ends a log at 128 kB and a tail has several; a value that is longer is none of ours. */
export const longestValue = 4_000_000;
/** An export of a whole file as one value may be longer. */
const LONGEST_DOCUMENT = 128_000_000;

export function* jsonTexts(text: string): Generator<JsonText> {
  const whole = listOf(text);
  if (whole !== undefined) {
    yield* whole.map((value) => ({ value }));
    return;
  }
  let block: { readonly start: number } | undefined;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const isLong = end - at > longestValue;
    const line = isLong ? "" : text.slice(at, end).trimEnd();
    if (block !== undefined && line === "}") {
      yield end - block.start > longestValue ? "too long" : parsed(text.slice(block.start, end));
      block = undefined;
    } else if (line === "{") {
      if (block !== undefined) yield "broken or cut-off JSON";
      block = { start: at };
    } else if (block !== undefined && !isLong && !line.startsWith("{")) {
      // Within the value.
    } else {
      if (block !== undefined) yield "broken or cut-off JSON";
      block = undefined;
      if (isLong) yield "too long";
      else if (line !== "") yield ofLine(line);
    }
    at = end + 1;
  }
  if (block !== undefined) yield "broken or cut-off JSON";
}

/** The members of a text that is one list. */
function listOf(text: string): readonly unknown[] | undefined {
  if (!/^\s*\[/.test(text) || text.length > LONGEST_DOCUMENT || !/\]\s*$/.test(text.slice(-100))) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Before the JSON may stand what a logger puts there. */
function ofLine(line: string): JsonText {
  const text = line.trimStart().replace(/^\uFEFF/, "");
  if (text.startsWith("{") || text.startsWith("[{")) return parsed(text);
  const at = text.indexOf('{"plumbline"');
  return at < 0 ? "no JSON" : parsed(text.slice(at));
}

function parsed(text: string): JsonText {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return "broken or cut-off JSON";
  }
}
