// What D1's authorizer refuses in a migration: at once, or when a view or a trigger that it let pass is used.

import { deniedOnD1 } from "../sql/d1-denied";
import type { Denied } from "../sql/d1-denied";
import { allowedFunctions, knownFunctions, reservedName } from "../sql/d1-surface";
import { failureKind } from "../migration/failure-kind";
import { refusalOf } from "../schema/migration-steps";
import type { Step } from "../schema/migration-steps";
import type { Statement } from "../sql/statement";
import docs from "./denied-in-migration.md";
import { migrationRule } from "./rule";
import type { MigrationSubject, RuleFix } from "./rule";
import { within } from "./step-place";

interface Use {
  readonly step: Step;
  readonly denied: Denied;
  /** What has to happen before it fails; undefined where the migration itself does. */
  readonly later: string | undefined;
}

export const deniedInMigration = migrationRule({
  id: "denied-in-migration",
  summary: "Migration that D1 refuses",
  severity: "error",
  docs,
  *check(subject) {
    if (!subject.d1) return;
    const uses = new Map<string, Use[]>();
    for (const step of subject.steps) {
      for (const use of usesIn(step, subject)) {
        const key = `${use.denied.message}\n${use.later === undefined}`;
        uses.set(key, [...(uses.get(key) ?? []), use]);
      }
    }
    for (const [first, ...others] of uses.values()) {
      const { step, denied, later } = first!;
      yield {
        span: within(step, denied.span),
        message: denied.message,
        why: `${later ?? "The whole file is rolled back, and no later migration is applied"}${denied.instead === undefined ? "" : `; ${denied.instead}`}`,
        related: others.map((other) => ({ file: subject.file, span: within(other.step, other.denied.span), message: "Here too" })),
        fixes: () => renamed([first!, ...others]),
      };
    }
  },
});

function usesIn(step: Step, { parsed, outcome }: MigrationSubject): readonly Use[] {
  // Rules of their own speak of transactions, of ALTER TABLE and of reserved names.
  if (step.kind === "transaction") return [];
  const failure = outcome.failures.find(({ span, message }) => span.start === step.span.start && failureKind(message, step.text) === "denied-in-migration")?.message ?? refusalOf(step)?.message;
  if (failure === undefined && !callsDenied(step.text) && !/^CREATE\s+(?:VIEW|TRIGGER)\b/i.test(step.text)) return [];
  const statement = parsed(step);
  if (!statement.ok) return step.kind === "denied" ? [asWhole(step, failure)] : [];
  if (statement.ast.type === "AlterTableStmt" && statement.ast.body.type !== "AddColumnAlterTableBody") return [];
  const later = laterFailure(statement);
  const body = statement.spanOf(statement.ast);
  const denied = deniedOnD1(statement);
  if (denied.length === 0 && failure !== undefined && failureKind(failure, step.text) === "denied-in-migration") return [asWhole(step, failure)];
  return denied
    .filter(({ span }) => !reservedName.test(statement.text.slice(span.start, span.end).replace(/^["`[]/, "")))
    .map((one) => ({ step, denied: one, later: one.span.start === body.start ? undefined : later }));
}

/** By the words alone: a seed is long, and rarely calls anything. */
function callsDenied(text: string): boolean {
  for (const [, name] of text.matchAll(/([a-z_]\w*)\s*\(/gi)) if (knownFunctions.has(name!.toLowerCase()) && !allowedFunctions.has(name!.toLowerCase())) return true;
  return false;
}

/** What D1 refuses by something that the statement itself does not show, or that the parser does not know. */
function asWhole(step: Step, failure = "not authorized"): Use {
  return { step, denied: { span: { start: 0, end: step.text.length }, message: `D1 refuses this statement: ${failure}`, instead: undefined, rename: undefined }, later: undefined };
}

function laterFailure({ ast }: Statement): string | undefined {
  if (ast.type === "CreateViewStmt") return `D1 takes the view, and every query of \`${ast.viewName.objName.text}\` fails`;
  if (ast.type !== "CreateTriggerStmt") return undefined;
  const event = ast.event.type.replace(/(?:Of)?TriggerEvent$/, "").toUpperCase();
  return `D1 takes the trigger, and every ${event} of \`${ast.tblName.objName.text}\` that it belongs to fails`;
}

/** A view or a trigger that was applied does not change with the file, so that a person decides. */
function renamed(uses: readonly Use[]): readonly RuleFix[] {
  const to = uses[0]!.denied.rename?.to;
  if (to === undefined) return [];
  const edits = uses.flatMap(({ step, denied: { rename } }) => (rename === undefined ? [] : [{ span: within(step, rename.span), newText: rename.to }]));
  return [{ title: `Change to \`${to}\``, safety: uses[0]!.later === undefined ? "safe" : "review", edits }];
}
