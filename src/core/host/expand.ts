// From a text value to the SQL texts that can be executed: at most eight, which show every part of it at least once.

import type { Segment } from "../embed/embedded-text";
import type { Span } from "../text/span";
import type { Hole, SqlTexts, SqlVariant } from "./call-site";
import { flatten, type Item } from "./flatten";
import { HoleGuesser } from "./holes";
import { partsOf, type TextValue } from "./text-value";

const mostVariants = 8;
const mostTries = 64;

/** The SQL texts of a value, or `not-sql` where all of it is known and none is SQL. */
export function expand(value: TextValue, fragment: Span): SqlTexts | "not-sql" {
  const variants = new Map<string, SqlVariant>();
  let unknown: string | undefined;
  let unsetSomewhere = false;
  let known = false;
  for (const taken of assignments(value)) {
    if (variants.size >= mostVariants) break;
    const flat = flatten(value, taken);
    if (flat === "unset") unsetSomewhere = true;
    else if (flat === "too long") unknown ??= "the text is too long";
    else {
      const variant = build(flat, fragment);
      const verdict = verdictOf(flat, variant);
      known ||= verdict === "other";
      if (verdict === "sql") variants.set(variant.text, variants.get(variant.text) ?? variant);
      else if (verdict === "unknown") unknown ??= flat.find((item) => item.kind === "hole")?.why ?? "the text is not known";
    }
  }
  const found = [...variants.values()];
  if (found.length === 0) {
    if (unknown === undefined && known) return "not-sql";
    return { status: "unresolved", why: unknown ?? (unsetSomewhere ? "the text is set nowhere" : "the text is not known"), variants: [] };
  }
  const partly = found.flatMap((variant) => variant.holes).some((hole) => hole.kind === "identifier" || hole.kind === "fragment");
  if (!partly && unknown === undefined) return { status: "resolved", why: undefined, variants: found };
  return { status: "partial", why: unknown ?? firstReason(value) ?? "a part of the text is not known", variants: found };
}

function build(items: readonly Item[], fragment: Span): SqlVariant {
  const guesser = new HoleGuesser();
  const segments: Segment[] = [];
  const holes: Hole[] = [];
  let text = "";
  items.forEach((item, i) => {
    const start = text.length;
    if (item.kind === "hole") {
      const guess = item.as ?? guesser.guess(followingText(items, i));
      text += guess.text;
      const span = { start, end: text.length };
      holes.push({ span, kind: guess.kind });
      segments.push({ sql: span, source: item.source, kind: "hole" });
    } else {
      text += item.text;
      const { source, kind, quote, expression } = item;
      if (item.text === "" && kind === "verbatim" && items.length > 1 && !nextToHole(items, i)) return;
      segments.push({
        sql: { start, end: text.length },
        source,
        kind,
        ...(quote === undefined ? {} : { quote }),
        ...(expression === undefined ? {} : { expression }),
      });
    }
    guesser.read(text.slice(start));
  });
  return { text, segments, fragment, holes };
}

function nextToHole(items: readonly Item[], i: number): boolean {
  return items[i - 1]?.kind === "hole" || items[i + 1]?.kind === "hole";
}

function followingText(items: readonly Item[], hole: number): string {
  let after = "";
  for (let i = hole + 1; i < items.length && after.length < 40; i++) {
    const item = items[i]!;
    if (item.kind === "hole") break;
    after += item.text;
  }
  return after;
}

const statementStart =
  /^(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|CREATE|ALTER|DROP|PRAGMA|EXPLAIN|VALUES|ANALYZE|REINDEX|VACUUM|BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|ATTACH|DETACH)\b/i;
const leadingTrivia = /^(?:\s|;|\(|\uFEFF|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))*/;
const sqlWords = /\b(?:SELECT|FROM|WHERE|VALUES|JOIN|ORDER BY|GROUP BY|LIMIT|SET)\b/i;

function verdictOf(items: readonly Item[], variant: SqlVariant): "sql" | "other" | "unknown" {
  const start = leadingTrivia.exec(variant.text)?.[0].length ?? 0;
  if (variant.holes.length === 0) return statementStart.test(variant.text.slice(start)) ? "sql" : "other";
  const opening = variant.holes.some((hole) => hole.span.start <= start);
  if (!opening) return statementStart.test(variant.text.slice(start)) ? "sql" : "other";
  const written = items.map((item) => (item.kind === "hole" ? " " : item.text)).join("");
  return sqlWords.test(written) ? "sql" : "unknown";
}

interface Option {
  readonly choice: string;
  readonly option: number;
}

/** All optional parts out, all in, then every option that neither reached, then each part alone. */
function* assignments(value: TextValue): Generator<ReadonlyMap<string, number>> {
  const options = reachableOptions(value);
  const counts = new Map<string, number>();
  for (const { last } of options) counts.set(last.choice, Math.max(counts.get(last.choice) ?? 0, last.option + 1));
  const out = new Map([...counts].map(([choice, count]) => [choice, count - 1] as const));
  const all = new Map([...counts].map(([choice]) => [choice, 0] as const));
  yield out;
  if (counts.size === 0) return;
  yield all;
  const reached = (path: readonly Option[], taken: ReadonlyMap<string, number>) => path.every((o) => taken.get(o.choice) === o.option);
  const needed = options.filter(({ path }) => !reached(path, out) && !reached(path, all));
  for (const { path } of [...needed, ...options].slice(0, mostTries)) {
    yield new Map([...out, ...path.map((o) => [o.choice, o.option] as const)]);
  }
}

/** Every option with the options around it that lead to it. */
function reachableOptions(value: TextValue): { readonly last: Option; readonly path: readonly Option[] }[] {
  const found: { last: Option; path: readonly Option[] }[] = [];
  const seen = new Set<TextValue>();
  const walk = (at: TextValue, path: readonly Option[]): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if (at.kind !== "choice") return partsOf(at).forEach((part) => walk(part, path));
    at.options.forEach((part, option) => {
      const last = { choice: at.choice, option };
      const longer = [...path, last];
      found.push({ last, path: longer });
      walk(part, longer);
    });
  };
  walk(value, []);
  return found;
}

function firstReason(value: TextValue): string | undefined {
  const seen = new Set<TextValue>();
  const walk = (at: TextValue): string | undefined => {
    if (seen.has(at)) return undefined;
    seen.add(at);
    if (at.kind === "reference") return at.why;
    if (at.kind === "hole") return at.as?.kind === "list" || at.as?.kind === "value" ? undefined : at.why;
    for (const part of partsOf(at)) {
      const why = walk(part);
      if (why !== undefined) return why;
    }
    return undefined;
  };
  return walk(value);
}
