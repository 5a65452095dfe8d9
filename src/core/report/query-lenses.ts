// What stands over each query of a code file: its plan in a few words, and what was recorded of it.

import type { FileReview, JudgedSite } from "../analysis/file-review";
import { recordedStatements } from "../analysis/recorded-statements";
import { isTest } from "../analysis/tooling";
import type { RecordedTraffic } from "../telemetry/recorded-traffic";
import { planWords } from "./plan-words";
import { recordedReport, recordedWords } from "./recorded-words";
import type { MeasuredReport } from "./report";

export interface QueryLens {
  /** Where the call begins. */
  readonly at: number;
  readonly title: string;
}

/** `measured` tells what a profile measured for a statement, by its text. Queries without a plan or a record have no lens. */
export function queryLenses(review: FileReview, measured: (sql: string) => MeasuredReport | undefined, traffic: RecordedTraffic | undefined): readonly QueryLens[] {
  const { file, sites } = review;
  if (isTest(file.path)) return [];
  const recorded = traffic === undefined ? [] : recordedStatements(review, traffic);
  return sites.flatMap((judged) => {
    const words = recordedWords(recorded.filter(({ site }) => site === judged).map(({ figures }) => recordedReport(figures)));
    const title = [queryTitle(judged, measured), words].filter((part) => part !== undefined).join(" · ");
    return title === "" ? [] : [{ at: judged.site.call.start, title }];
  });
}

interface Planned {
  readonly words: string;
  /** Said once, whichever of the statements it is. */
  readonly title: string;
  readonly rowsRead: number;
  readonly cost: number;
}

/** The plan of a call in a few words, of several forms the dearest; undefined where there is none. */
export function queryTitle({ site, status, statements }: JudgedSite, measured: (sql: string) => MeasuredReport | undefined): string | undefined {
  if (status === "foreign" || status === "unresolved") return undefined;
  const planned = statements.flatMap(({ fact: { statement }, database, verdict }): Planned[] => {
    if (!statement.ok || database === undefined || verdict === undefined || !("plan" in verdict)) return [];
    const found = planWords(verdict, database.planner.uses(statement), statement.kind);
    if (found === undefined) return [];
    const took = measured(statement.text);
    const rows = took === undefined || found.rows === undefined ? found.rows : measuredWords(took);
    const title = [found.words, rows].filter((part) => part !== undefined).join(" · ");
    return [{ words: found.words, title, rowsRead: verdict.rowsRead, cost: verdict.cost }];
  });
  const dearest = planned.reduce<Planned | undefined>((worst, one) => (worst === undefined || one.rowsRead > worst.rowsRead || (one.rowsRead === worst.rowsRead && one.cost > worst.cost) ? one : worst), undefined);
  if (dearest === undefined) return undefined;
  if (planned.every(({ title }) => title === dearest.title)) return dearest.title;
  return `${dearest.title} · dearest of ${planned.length} ${site.sql.variants.length > 1 ? "forms" : "statements"}`;
}

/** `120 ms on 100,000 rows` */
function measuredWords({ ms, rows }: MeasuredReport): string {
  const time = ms >= 10_000 ? `${Math.round(ms / 1_000)} s` : ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
  return `${time} on ${rows.toLocaleString("en-US")} ${rows === 1 ? "row" : "rows"}`;
}
