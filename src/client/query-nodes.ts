// The view "Queries": every query of the code, by the endpoints that send it or by file, with what is wrong at a glance.

import type { OfFolder } from "../protocol/lsp";
import type { ListedQuery, QueryList } from "../protocol/report";
import { fenced } from "./markdown";
import { counted, joined, plainText, type ViewNode } from "./view-node";

export type QueryGrouping = "endpoint" | "file";

/** Last, since nobody knows when they run. */
const unreached = "Not sent by a request";

export function queryNodes(folders: readonly OfFolder<QueryList>[], by: QueryGrouping): readonly ViewNode[] {
  const several = folders.length > 1;
  return folders.flatMap(({ folder, folderName, found }) => {
    const groups = new Map<string, ListedQuery[]>();
    for (const query of found.queries) {
      const keys = by === "file" ? [query.file] : query.endpoints.length === 0 ? [unreached] : query.endpoints;
      for (const key of keys) groups.set(key, [...(groups.get(key) ?? []), query]);
    }
    const sorted = [...groups].sort(([one], [other]) => Number(one === unreached) - Number(other === unreached) || (path(one) < path(other) ? -1 : 1));
    return sorted.map(([key, queries]) => groupNode(key, queries, { folder, by, note: several ? folderName : "" }));
  });
}

/** What needs a look: `12 of 100 with findings`. */
export function querySummary(folders: readonly OfFolder<QueryList>[]): string {
  const queries = folders.flatMap(({ found }) => found.queries);
  const found = queries.filter(isWarned).length;
  return queries.length === 0 ? "" : found === 0 ? counted(queries.length, "query", "queries") : `${found} of ${counted(queries.length, "query", "queries")} with findings`;
}

/** Routes by their path, then by their method. */
function path(key: string): string {
  return key.replace(/^([A-Z]+) (.*)$/, "$2 $1");
}

interface Group {
  readonly folder: string;
  readonly by: QueryGrouping;
  readonly note: string;
}

function groupNode(key: string, queries: readonly ListedQuery[], { folder, by, note }: Group): ViewNode {
  const warned = queries.filter(isWarned).length;
  const id = `${folder}#${by}/${key}`;
  const first = queries[0]!;
  const seen = new Map<string, number>();
  return {
    id,
    label: by === "file" ? key.slice(key.lastIndexOf("/") + 1) : key,
    description: joined(by === "file" ? key.slice(0, Math.max(0, key.lastIndexOf("/"))) : undefined, note, warned === 0 ? String(queries.length) : `${warned} of ${queries.length} with findings`),
    icon: by === "file" ? "file-code" : key === unreached ? "circle-outline" : "globe",
    ...(warned > 0 ? { color: "list.warningForeground" } : {}),
    ...(by === "file" ? { context: "place", place: { folder, file: first.file, line: first.line } } : {}),
    name: key,
    children: queries.map((query) => {
      // Lines move while one types: the same text again has a number.
      const text = `${query.file}/${query.function ?? ""}/${query.text}`;
      const at = seen.get(text) ?? 0;
      seen.set(text, at + 1);
      return queryNode(query, `${id}/${text}/${at}`, folder);
    }),
  };
}

const words: Readonly<Record<ListedQuery["marks"][number], string>> = { broken: "does not compile", scan: "scan", loop: "loop", slow: "slow", cached: "cached" };

function queryNode(query: ListedQuery, id: string, folder: string): ViewNode {
  const { summary, text, sql, marks, time, plan, file, line, column, findings } = query;
  const shown = marks.map((mark) => (mark === "slow" && time !== "" ? `slow ${time}` : words[mark]));
  const found = findings.map(({ severity, message }) => `- ${severity === "error" || severity === "warning" ? "⚠ " : ""}${plainText(message.replaceAll("`", ""))}`);
  return {
    id,
    label: summary,
    description: joined(...shown, text),
    tooltip: [sql === "" ? "The text of this query is not known" : fenced("sql", sql), plainText(plan), found.join("\n"), plainText(`${file}:${line}`)].filter((part) => part !== "").join("\n\n"),
    ...iconOf(query),
    context: ["query", "place", sql === "" ? "" : "sql"].filter((word) => word !== "").join(" "),
    place: { folder, file, line, column },
    // The filter finds it by its text too.
    name: text,
    sql,
  };
}

function isWarned({ findings }: ListedQuery): boolean {
  return findings.some(({ severity }) => severity === "error" || severity === "warning");
}

function iconOf(query: ListedQuery): Pick<ViewNode, "icon" | "color"> {
  const { marks, findings } = query;
  if (findings[0]?.severity === "error") return { icon: "error", color: "list.errorForeground" };
  if (isWarned(query)) return { icon: marks.includes("loop") ? "sync" : "warning", color: "list.warningForeground" };
  if (marks.includes("cached")) return { icon: "archive" };
  return { icon: /^(?:INSERT|UPDATE|DELETE|REPLACE)\b/.test(query.summary) ? "edit" : "search" };
}
