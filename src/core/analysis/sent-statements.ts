// Every statement that the code sends in service, with its database and what is bound to it, as the map of caches wants it.

import type { SentStatement, BoundText } from "../caching/sent-statement";
import type { BoundValue, CallSite, LoopVerdict } from "../host/call-site";
import type { FileReview } from "./file-review";
import { isTest, isTooling, setsUp } from "./tooling";

export function sentStatements(reviews: readonly FileReview[]): readonly SentStatement[] {
  return reviews.flatMap((review) => {
    let found = known.get(review);
    if (found === undefined) known.set(review, (found = read(review)));
    return found;
  });
}

const known = new WeakMap<FileReview, readonly SentStatement[]>();

function read({ file, sites }: FileReview): readonly SentStatement[] {
  if (isTest(file.path) || isTooling(file.path)) return [];
  return sites.flatMap(({ site, status, statements, loops }) => {
    if (status === "foreign" || setsUp(site.functionName)) return [];
    let bound: readonly BoundText[] | undefined;
    return statements.flatMap(({ fact, database, verdict }): readonly SentStatement[] => {
      if (!fact.statement.ok || database === undefined || verdict === undefined || !("plan" in verdict)) return [];
      bound ??= boundTexts(site, file.text);
      return [
        {
          site: { file: file.path, start: site.name.start },
          nameEnd: site.name.end,
          functionName: site.functionName,
          turns: loops.some(({ verdict }) => LISTS.has(verdict)) ? TURNS : 1,
          isLooped: loops.some(({ verdict }) => verdict === "n+1" || verdict === "mixed-loop"),
          statement: fact.statement,
          database: database.model.source.binding,
          planner: database.planner,
          bound,
        },
      ];
    });
  });
}

/** Loops over the rows of a query, or of a list, also where one batch sends all. */
const LISTS: ReadonlySet<LoopVerdict> = new Set<LoopVerdict>(["n+1", "mixed-loop", "builds-batch"]);
const TURNS = 10;

function boundTexts({ binds, name }: CallSite, source: string): readonly BoundText[] | undefined {
  return binds?.map((value) => {
    const text = source.slice(value.span.start, value.span.end).replace(/\s+/g, " ");
    return { span: value.span, text, madeFrom: madeFrom(text, source.slice(0, name.start)), isLiteral: isLiteral(value) };
  });
}

function isLiteral({ literal }: BoundValue): boolean {
  return literal !== undefined;
}

/** Names that a declaration can give by taking a value apart. */
const LONGEST = 400;

/** The right side of the last `name =`, or of a declaration that takes something apart for the name, before the call. */
function madeFrom(text: string, before: string): string | undefined {
  const name = /^[A-Za-z_$][\w$]*/.exec(text)?.[0];
  if (name === undefined) return undefined;
  const escaped = name.replaceAll("$", "\\$");
  const pattern = new RegExp(`(?:(?:\\b${escaped}\\s*|\\{[^{}]*\\b${escaped}\\b[^{}]*\\}\\s*|\\[[^\\[\\]]*\\b${escaped}\\b[^\\[\\]]*\\]\\s*)(?::[^=;\\n]{1,60})?)=(?![=>])\\s*([^;\\n]*)`, "g");
  const found = [...before.slice(-LONGEST * 20).matchAll(pattern)].at(-1)?.[1];
  return found?.slice(0, LONGEST).replace(/\s+/g, " ").trim();
}
