// Which queries of the code use an index: by their plans, by those of triggers, and by the plans that a known value
// would give, since SQLite plans LIKE and partial indexes with the value that is bound.

import type { AstNode, Expr } from "sqlite3-parser";
import { allNodes } from "../planner/plan";
import type { JudgedPlan, Planner } from "../planner/planner";
import { findTable, indexesOf } from "../schema/schema";
import { isColumn } from "../sql/expressions";
import { namedTables } from "../sql/named-tables";
import { nodesOf, parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { triggerCommands } from "../sql/trigger-commands";
import { applyEdits } from "../text/edit";
import type { TextEdit } from "../text/edit";
import { indexConditions } from "./index-conditions";
import type { DatabaseSubject, KnownQuery, ProjectQueries } from "./rule";

/** The queries that use each index, by its lower-case name. */
export type IndexUse = ReadonlyMap<string, readonly KnownQuery[]>;

export function indexUse(subject: DatabaseSubject): IndexUse {
  const queries = subject.queries();
  let known = worked.get(queries);
  if (known === undefined) worked.set(queries, (known = workOut(subject, queries)));
  return known;
}

/** One for each reading of the code, which several rules ask. */
const worked = new WeakMap<ProjectQueries, IndexUse>();

function workOut(subject: DatabaseSubject, { known }: ProjectQueries): IndexUse {
  const users = new Map<string, KnownQuery[]>();
  const add = (plan: JudgedPlan, query: KnownQuery): void => {
    for (const { access } of allNodes(plan.plan)) {
      if ((access.kind !== "scan" && access.kind !== "search") || access.index === undefined) continue;
      const name = access.index.toLowerCase();
      const others = users.get(name) ?? [];
      if (!others.includes(query)) others.push(query);
      users.set(name, others);
    }
  };
  const withValues = plansOf(subject.planner);
  for (const query of [...known, ...triggerQueries(subject)]) {
    if (query.plan === undefined || !query.statement.ok) continue;
    add(query.plan, query);
    let plans = withValues.get(query.statement);
    if (plans === undefined) withValues.set(query.statement, (plans = plansWithValues(subject, query.statement)));
    for (const plan of plans) add(plan, query);
  }
  return users;
}

/** What triggers run, with their NEW and OLD as values; kept as long as the schema stays. */
function triggerQueries({ schema, planner }: DatabaseSubject): readonly KnownQuery[] {
  let queries = triggered.get(planner);
  if (queries === undefined) {
    queries = schema.triggers.flatMap((trigger) => {
      return triggerCommands(trigger.sql).flatMap(({ sql }) => {
        const statement = parseStatement(sql);
        const plan = statement.ok ? planner.judge(statement) : undefined;
        return plan !== undefined && "plan" in plan ? [{ statement, partial: false, plan, place: `trigger ${trigger.name}`, call: undefined }] : [];
      });
    });
    triggered.set(planner, queries);
  }
  return queries;
}

const triggered = new WeakMap<Planner, readonly KnownQuery[]>();

/** The plans with known values, kept for the statements of files that stay as they are. */
function plansOf(planner: Planner): WeakMap<Statement, readonly JudgedPlan[]> {
  let plans = planned.get(planner);
  if (plans === undefined) planned.set(planner, (plans = new WeakMap()));
  return plans;
}

const planned = new WeakMap<Planner, WeakMap<Statement, readonly JudgedPlan[]>>();

function plansWithValues({ planner }: DatabaseSubject, statement: Statement): readonly JudgedPlan[] {
  if (!/[?:@$]/.test(statement.text)) return [];
  const nodes = nodesOf(statement.ast as AstNode);
  const likes = nodes.flatMap((node): TextEdit[] => (node.type === "LikeExpr" && isOpen(node.rhs) ? [{ span: statement.spanOf(node.rhs), newText: /glob/i.test(String(node.op)) ? "'a*'" : "'a%'" }] : []));
  const partial = namedTables(statement).flatMap((name) => {
    const table = findTable(planner.schema, name);
    return table === undefined ? [] : indexesOf(planner.schema, table.name).flatMap(({ where }) => (where === undefined ? [] : [indexConditions(where)]));
  });
  const known = partial.map((conditions) =>
    nodes.flatMap((node): TextEdit[] => {
      if (node.type !== "BinaryExpr" || node.op !== "Equals" || node.right.type !== "VariableExpr") return [];
      const condition = conditions.find(({ column }) => isColumn(node.left, column));
      return condition === undefined ? [] : [{ span: statement.spanOf(node.right), newText: condition.value }];
    }),
  );
  return [likes, ...known].flatMap((edits) => {
    const tried = edits.length === 0 ? undefined : parseStatement(applyEdits(statement.text, edits));
    const plan = tried?.ok === true ? planner.judge(tried) : undefined;
    return plan !== undefined && "plan" in plan ? [plan] : [];
  });
}

/** A pattern that is not known before it is bound: `?`, `? || '%'`. */
function isOpen(expr: Expr): boolean {
  return expr.type === "VariableExpr" || (expr.type === "BinaryExpr" && expr.op === "Concat" && (isOpen(expr.left) || isOpen(expr.right)));
}
