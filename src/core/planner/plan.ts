// SQLite's EXPLAIN QUERY PLAN as a tree, with each line read into what it does.
// The wording is that of SQLite 3.54's `sqlite3WhereExplainOneScan` (src/wherecode.c).

import type { PlanRow } from "../schema/engine";

export type Access =
  /** A loop over a table. `index` is undefined for the table itself. */
  | {
      readonly kind: "scan" | "search";
      readonly name: string;
      readonly index: string | undefined;
      readonly rowid: boolean;
      readonly covering: boolean;
      /** SQLite builds this index anew at every run of the statement. */
      readonly automatic: boolean;
      readonly virtual: boolean;
      /** One row is enough: an EXISTS that SQLite turned into a join. */
      readonly exists: boolean;
      readonly equal: readonly string[];
      readonly range: readonly string[];
    }
  | { readonly kind: "sort"; readonly purpose: "ORDER BY" | "GROUP BY" | "DISTINCT" | "other"; readonly partial: boolean }
  | { readonly kind: "bloom"; readonly name: string }
  | { readonly kind: "subquery"; readonly correlated: boolean }
  /** A subquery whose rows are read later under `name`, from a table of its own where it is `stored`. */
  | { readonly kind: "source"; readonly name: string; readonly stored: boolean }
  | { readonly kind: "or" }
  | { readonly kind: "compound" }
  | { readonly kind: "constant" };

export interface PlanNode {
  readonly detail: string;
  /** SQLite's raw LogEst for one run. */
  readonly cost: number;
  readonly access: Access;
  readonly children: readonly PlanNode[];
}

export function planTree(rows: readonly PlanRow[]): readonly PlanNode[] {
  const children = new Map<number, PlanRow[]>();
  for (const row of rows) {
    const siblings = children.get(row.parent);
    if (siblings === undefined) children.set(row.parent, [row]);
    else siblings.push(row);
  }
  const build = (parent: number): PlanNode[] =>
    (children.get(parent) ?? []).map((row) => ({
      detail: row.detail,
      cost: row.cost,
      access: readDetail(row.detail),
      children: build(row.id),
    }));
  return build(0);
}

/** All nodes, parents before children. */
export function allNodes(plan: readonly PlanNode[]): PlanNode[] {
  return plan.flatMap((node) => [node, ...allNodes(node.children)]);
}

/** Lower-case names of the indexes that a plan uses. */
export function indexesUsed(plan: readonly PlanNode[]): ReadonlySet<string> {
  let names = used.get(plan);
  if (names === undefined) used.set(plan, (names = new Set(allNodes(plan).flatMap(({ access }) => ("index" in access && access.index !== undefined ? [access.index.toLowerCase()] : [])))));
  return names;
}

const used = new WeakMap<readonly PlanNode[], ReadonlySet<string>>();

export function readDetail(detail: string): Access {
  const loop = /^(SCAN|SEARCH) (.+?)( EXISTS)?(?: USING (.*?))?(?: (?:LEFT|RIGHT)-JOIN)?$/.exec(detail);
  if (detail === "SCAN CONSTANT ROW") return { kind: "constant" };
  if (loop !== null) return readLoop(loop[1] === "SCAN" ? "scan" : "search", loop[2]!, loop[4], loop[3] !== undefined);
  const sort = /^USE TEMP B-TREE FOR (.*)$/.exec(detail);
  if (sort !== null) {
    const purpose = /(ORDER BY|GROUP BY|DISTINCT)\)?$/.exec(sort[1]!)?.[1] as "ORDER BY" | "GROUP BY" | "DISTINCT" | undefined;
    return { kind: "sort", purpose: purpose ?? "other", partial: /^LAST /.test(sort[1]!) };
  }
  const bloom = /^BLOOM FILTER ON (.+?) \(/.exec(detail);
  if (bloom !== null) return { kind: "bloom", name: bloom[1]! };
  const source = /^(CO-ROUTINE|MATERIALIZE) (.+)$/.exec(detail);
  if (source !== null) return { kind: "source", name: source[2]!, stored: source[1] === "MATERIALIZE" };
  if (/SUBQUERY/.test(detail) && !detail.startsWith("LEFT-MOST")) return { kind: "subquery", correlated: detail.startsWith("CORRELATED") };
  if (detail === "MULTI-INDEX OR") return { kind: "or" };
  return { kind: "compound" };
}

function readLoop(kind: "scan" | "search", target: string, using: string | undefined, exists: boolean): Access {
  const virtual = / VIRTUAL TABLE INDEX/.test(target);
  const name = target.replace(/ VIRTUAL TABLE INDEX.*$/, "").replace(/^main\./, "");
  const constraints = /\((.*)\)$/.exec(using ?? "")?.[1] ?? "";
  const equal: string[] = [];
  const range: string[] = [];
  for (const part of constraints.split(" AND ")) {
    const term = /^(.+?)(=|>|<)\?$/.exec(part);
    if (term !== null) (term[2] === "=" ? equal : range).push(term[1]!);
  }
  const index = /(?:^|COVERING )INDEX (.+?)(?: \(|$)/.exec((using ?? "").replace(/^AUTOMATIC.*$/, ""))?.[1];
  return {
    kind,
    name,
    index,
    rowid: /PRIMARY KEY/.test(using ?? ""),
    covering: /COVERING INDEX/.test(using ?? ""),
    automatic: /^AUTOMATIC/.test(using ?? ""),
    virtual,
    exists,
    equal,
    range,
  };
}
