// Every query of the code in a line, by the endpoints that send it, with what is to be known of it at a glance: whether it
// scans, runs in a loop, was slow, or stands behind a cache.

import type { Analysis, FileResult } from "../analysis/analysis";
import type { JudgedSite } from "../analysis/file-review";
import { recordedStatements } from "../analysis/recorded-statements";
import type { Snapshot } from "../analysis/snapshot";
import { isTest } from "../analysis/tooling";
import type { CacheMap } from "../caching/cache-map";
import type { Endpoint } from "../host/served";
import { allNodes } from "../planner/plan";
import { endpointText } from "../rules/cache-words";
import { namedTables } from "../sql/named-tables";
import { contains } from "../text/span";
import { oneLine, time } from "./health-words";
import { queryTitle } from "./query-lenses";
import type { MeasuredReport, Severity } from "./report";
import { LineIndexes } from "./review-report";
import type { ListedQuery, QueryList, QueryMark } from "./view-shapes";

/** Letters of a query that a list shows. */
const MOST_LETTERS = 120;
const MOST_TABLES = 2;
const severities: readonly Severity[] = ["error", "warning", "info", "hint"];

/** `results` are all files of the snapshot; `measured` tells what a profile measured for a statement, by its text. Tests, and what another engine runs, are left out. */
export function queryList(analysis: Analysis, snapshot: Snapshot, results: readonly FileResult[], measured: (sql: string) => MeasuredReport | undefined): QueryList {
  const lines = new LineIndexes(snapshot);
  const served = servedBy(analysis.cacheMap(snapshot));
  const queries = results.flatMap((result): readonly ListedQuery[] => {
    const { file, review } = result;
    if (review === undefined || isTest(file.path)) return [];
    const recorded = snapshot.traffic === undefined ? [] : recordedStatements(review, snapshot.traffic);
    return review.sites.flatMap((judged): readonly ListedQuery[] => {
      if (judged.status === "foreign") return [];
      const { line, column } = lines.of(file.path).place(judged.site.name.start);
      const sql = judged.statements[0]?.fact.statement.text.trim() ?? "";
      const { endpoints, cached } = served.get(`${file.path}:${judged.site.name.start}`) ?? { endpoints: [], cached: false };
      const took = Math.max(0, ...judged.statements.map(({ fact }) => measured(fact.statement.text)?.ms ?? 0), ...recorded.filter(({ site }) => site === judged).map(({ figures }) => figures.times?.p95 ?? 0));
      return [
        {
          file: file.path,
          line,
          column,
          function: judged.site.functionName ?? null,
          database: judged.statements[0]?.database?.model.source.binding ?? null,
          sql,
          text: oneLine(sql, MOST_LETTERS),
          summary: summaryOf(judged),
          plan: queryTitle(judged, measured) ?? "",
          marks: [...marksOf(judged), ...(took >= snapshot.settings.slowMs ? (["slow"] as const) : []), ...(cached ? (["cached"] as const) : [])],
          time: took === 0 ? "" : time(took),
          endpoints: endpoints.filter(({ kind }) => kind !== "other").map(endpointText),
          findings: findingsAt(result, judged),
        },
      ];
    });
  });
  return { version: 1, queries };
}

function summaryOf({ statements: [first], site }: JudgedSite): string {
  if (first === undefined) return `${site.receiver}.${site.method}`;
  const { statement } = first.fact;
  const verb = /^[A-Za-z]+/.exec(statement.text.trim())?.[0].toUpperCase() ?? "";
  const tables = statement.ok ? namedTables(statement) : [];
  const more = tables.length > MOST_TABLES ? ` + ${tables.length - MOST_TABLES}` : "";
  return tables.length === 0 ? oneLine(statement.text, 40) : `${verb === "WITH" ? "SELECT" : verb} ${tables.slice(0, MOST_TABLES).join(", ")}${more}`;
}

function findingsAt({ findings }: FileResult, { site }: JudgedSite): ListedQuery["findings"] {
  const own = findings.filter(({ span }) => contains(site.call, span) || contains(site.name, span));
  return own.map(({ severity, message }) => ({ severity, message })).sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

function marksOf({ statements, loops }: JudgedSite): readonly QueryMark[] {
  const isBroken = statements.some(({ fact, verdict }) => !fact.statement.ok || (verdict !== undefined && !("plan" in verdict)));
  const scans = statements.some(({ fact: { statement }, database, verdict }) => {
    if (!statement.ok || database === undefined || verdict === undefined || !("plan" in verdict) || statement.kind === "insert") return false;
    const tables = new Set(database.planner.uses(statement).map(({ name }) => name.toLowerCase()));
    return allNodes(verdict.plan).some(({ access }) => access.kind === "scan" && !access.virtual && tables.has(access.name.toLowerCase()));
  });
  const isLooped = loops.some(({ verdict }) => verdict === "n+1" || verdict === "write-loop");
  return [...(isBroken ? (["broken"] as const) : []), ...(scans ? (["scan"] as const) : []), ...(isLooped ? (["loop"] as const) : [])];
}

/** By file and offset of the call's name. */
function servedBy({ reads, writes }: CacheMap): ReadonlyMap<string, { readonly endpoints: readonly Endpoint[]; readonly cached: boolean }> {
  const all = [...reads.map(({ site, endpoints, cached }) => ({ site, endpoints, cached: cached !== undefined })), ...writes.map(({ site, endpoints }) => ({ site, endpoints, cached: false }))];
  return new Map(all.map(({ site, ...rest }) => [`${site.file}:${site.start}`, rest]));
}
