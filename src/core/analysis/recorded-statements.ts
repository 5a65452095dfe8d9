// Recorded queries found again in the code: by their keys, over every text that a call can send. Of a text that is known
// in part, the known parts must be there, in their order.

import type { QueryFigures, RecordedTraffic } from "../telemetry/recorded-traffic";
import { queryKey } from "../telemetry/query-key";
import type { StatementFact } from "./file-facts";
import type { FileReview, JudgedSite, JudgedStatement } from "./file-review";
import { isTest } from "./tooling";

/** A recorded query at a statement that sends it. */
export interface RecordedStatement {
  readonly review: FileReview;
  readonly site: JudgedSite;
  readonly judged: JudgedStatement;
  readonly figures: QueryFigures;
  /** False where only the known parts of its text were compared. */
  readonly exact: boolean;
}

/** Of one file, each query at most once a call. */
export function recordedStatements(review: FileReview, traffic: RecordedTraffic): readonly RecordedStatement[] {
  if (isTest(review.file.path) || traffic.queries.length === 0) return [];
  return review.sites.flatMap((site) => {
    if (site.status === "foreign") return [];
    const found = new Map<string, RecordedStatement>();
    const add = (judged: JudgedStatement, figures: QueryFigures, exact: boolean): void => {
      if (!found.has(figures.key) || (exact && !found.get(figures.key)!.exact)) found.set(figures.key, { review, site, judged, figures, exact });
    };
    for (const judged of site.statements) {
      const { key, pieces } = keyOf(judged.fact);
      const exact = traffic.byKey.get(key);
      if (exact !== undefined) add(judged, exact, true);
      if (pieces !== undefined) for (const figures of traffic.queries) if (figures !== exact && holds(figures.key, pieces)) add(judged, figures, false);
    }
    return [...found.values()];
  });
}

export interface MatchedTraffic {
  /** By key, those that are exact alone where there are any. */
  readonly statements: ReadonlyMap<string, readonly RecordedStatement[]>;
  /** Recorded queries that no statement of the code sends. */
  readonly unmatched: readonly QueryFigures[];
}

export function matchTraffic(reviews: readonly FileReview[], traffic: RecordedTraffic): MatchedTraffic {
  const all = new Map<string, RecordedStatement[]>();
  for (const found of reviews.flatMap((review) => recordedStatements(review, traffic))) {
    const known = all.get(found.figures.key);
    if (known === undefined) all.set(found.figures.key, [found]);
    else known.push(found);
  }
  const statements = new Map([...all].map(([key, found]) => [key, found.some(({ exact }) => exact) ? found.filter(({ exact }) => exact) : found]));
  return { statements, unmatched: traffic.queries.filter(({ key }) => !statements.has(key)) };
}

interface StatementKey {
  readonly key: string;
  /** The known parts of a text with gaps; undefined where there is none, or too little is known. */
  readonly pieces: readonly string[] | undefined;
}

const keys = new WeakMap<StatementFact, StatementKey>();
/** Stands for a gap within a name, and for one that may hold anything. */
const GAP = "plumbline_gap";
/** Letters of names and words that must be known. */
const LEAST_KNOWN = 16;

function keyOf(fact: StatementFact): StatementKey {
  const known = keys.get(fact);
  if (known !== undefined) return known;
  const made = makeKey(fact);
  keys.set(fact, made);
  return made;
}

function makeKey({ statement, variant, offset }: StatementFact): StatementKey {
  const key = queryKey(statement.text);
  const holes = variant.holes.filter(({ span, kind }) => kind !== "value" && offset <= span.start && span.end <= offset + statement.text.length);
  if (holes.length === 0) return { key, pieces: undefined };
  let text = statement.text;
  for (const { span, kind } of [...holes].sort((a, b) => b.span.start - a.span.start)) {
    // A part of a name joins on to the rest of it.
    const filler = kind === "identifier" ? GAP : ` ${GAP} `;
    text = text.slice(0, span.start - offset) + filler + text.slice(span.end - offset);
  }
  const pieces = queryKey(text).split(new RegExp(`(?: |[\\w$]*)${GAP}(?: |[\\w$]*)`));
  const letters = pieces.join("").replace(/[^\p{L}\p{N}_]/gu, "").length;
  return { key, pieces: letters < LEAST_KNOWN || !/^\w+ /.test(pieces[0]!) ? undefined : pieces };
}

/** Whether a text is these pieces with something, or nothing, between them. */
function holds(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
