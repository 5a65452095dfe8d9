// From a text value to the SQL texts that can be executed: those that show every part of it at least once, and, as far
// as eight reach, each part alone.

import type { Segment } from "../embed/embedded-text";
import type { Span } from "../text/span";
import type { Hole, SqlTexts, SqlVariant } from "./call-site";
import { flatten, type Item } from "./flatten";
import { HoleGuesser } from "./holes";
import { partsOf, type TextValue } from "./text-value";

const mostVariants = 8;
/** Where more is needed to show every part. */
const mostCovering = 64;
const mostTries = 160;

/**
 * The SQL texts of a value, or `not-sql` where all of it is known and none is SQL. Where the receiver is certainly a
 * database, `are SQL` says that a known text is meant as SQL, however it begins.
 */
export function expand(value: TextValue, fragment: Span, literals: "can be anything" | "are SQL" = "can be anything"): SqlTexts | "not-sql" {
  const variants = new Map<string, SqlVariant>();
  const options = reachableOptions(value);
  const shown = new Set<string>();
  let unknown: string | undefined;
  let unsetSomewhere = false;
  let known = false;
  for (const { taken, shows, again } of assignments(options)) {
    const missing = shows !== undefined && !shown.has(nameOf(shows));
    if ((again && !missing) || variants.size >= (missing ? mostCovering : mostVariants)) continue;
    const flat = flatten(value, taken);
    if (flat === "unset") unsetSomewhere = true;
    else if (flat === "too long") unknown ??= "the text is too long";
    else {
      const variant = build(flat, fragment, conditionsIn(taken, options));
      const verdict = verdictOf(flat, variant, literals);
      known ||= verdict === "other";
      if (verdict === "unknown") unknown ??= flat.find((item) => item.kind === "hole")?.why ?? "the text is not known";
      if (verdict !== "sql") continue;
      variants.set(variant.text, variants.get(variant.text) ?? variant);
      for (const path of options) if (isReached(path, taken)) shown.add(nameOf(path));
    }
  }
  const found = [...variants.values()];
  if (found.length === 0) {
    if (unknown === undefined && known) return "not-sql";
    return { status: "unresolved", why: unknown ?? (unsetSomewhere ? "the text is set nowhere" : "the text is not known"), variants: [] };
  }
  if (found.length >= mostCovering && options.some((path) => !shown.has(nameOf(path)))) unknown ??= "the text has more forms than are looked at";
  const partly = found.flatMap((variant) => variant.holes).some((hole) => hole.kind === "identifier" || hole.kind === "fragment");
  if (!partly && unknown === undefined) return { status: "resolved", why: undefined, variants: found };
  return { status: "partial", why: unknown ?? firstReason(value) ?? "a part of the text is not known", variants: found };
}

function build(items: readonly Item[], fragment: Span, conditions: SqlVariant["conditions"]): SqlVariant {
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
  return { text, segments, fragment, holes, conditions };
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

function verdictOf(items: readonly Item[], variant: SqlVariant, literals: "can be anything" | "are SQL"): "sql" | "other" | "unknown" {
  const start = leadingTrivia.exec(variant.text)?.[0].length ?? 0;
  if (literals === "are SQL" && variant.holes.length === 0 && start < variant.text.length) return "sql";
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

/** An option after those around it that lead to it. */
type Path = readonly Option[];

interface Assignment {
  readonly taken: ReadonlyMap<string, number>;
  /** What it is there to show. */
  readonly shows: Path | undefined;
  /** It has been tried otherwise before. */
  readonly again: boolean;
}

/** All optional parts out, all in, then every option that neither reached, then each part alone, then among all others. */
function* assignments(options: readonly Path[]): Generator<Assignment> {
  const counts = new Map<string, number>();
  for (const { choice, option } of options.flat()) counts.set(choice, Math.max(counts.get(choice) ?? 0, option + 1));
  const out = new Map([...counts].map(([choice, count]) => [choice, count - 1] as const));
  const all = new Map([...counts].map(([choice]) => [choice, 0] as const));
  yield { taken: out, shows: undefined, again: false };
  if (counts.size === 0) return;
  yield { taken: all, shows: undefined, again: false };
  const needed = options.filter((path) => !isReached(path, out) && !isReached(path, all));
  for (const shows of [...needed, ...options].slice(0, mostTries)) yield { taken: changed(out, shows), shows, again: false };
  // An option that makes no statement by itself may make one beside the others.
  for (const shows of options.slice(0, mostTries)) yield { taken: changed(all, shows), shows, again: true };
}

function changed(taken: ReadonlyMap<string, number>, path: Path): ReadonlyMap<string, number> {
  return new Map([...taken, ...path.map(({ choice, option }) => [choice, option] as const)]);
}

function isReached(path: Path, taken: ReadonlyMap<string, number>): boolean {
  return path.every(({ choice, option }) => taken.get(choice) === option);
}

function nameOf(path: Path): string {
  return path.map(({ choice, option }) => `${choice}\n${option}`).join("\n");
}

/** Choices by a condition are named by its words (`keyOf`), with or without the call that they are made in. */
function conditionsIn(taken: ReadonlyMap<string, number>, options: readonly Path[]): SqlVariant["conditions"] {
  const conditions = new Map<string, boolean>();
  for (const [choice, option] of taken) {
    const words = choice.replace(/^(?:\d+\/)+/, "");
    const named = !/(?:^| )at \d+$|^(?:one|row|this) of |^caller$|^this\.\w+$|\]$|\?\?|\|\|/.test(words);
    if (named && !options.some((path) => path.at(-1)!.choice === choice && path.at(-1)!.option > 1)) conditions.set(words, option === 0);
  }
  return conditions;
}

/** Every option with the options around it that lead to it. */
function reachableOptions(value: TextValue): readonly Path[] {
  const found: Path[] = [];
  const seen = new Set<TextValue>();
  const walk = (at: TextValue, path: Path): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if (at.kind !== "choice") return partsOf(at).forEach((part) => walk(part, path));
    at.options.forEach((part, option) => {
      const longer = [...path, { choice: at.choice, option }];
      found.push(longer);
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
