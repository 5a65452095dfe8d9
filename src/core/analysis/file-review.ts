// One code file judged against the project's databases: its queries with their plans, and what the rules find.

import { editToSource, toSource } from "../embed/source-map";
import type { CallSite, LoopUse, SqlVariant } from "../host/call-site";
import { readFromFile } from "../host/linked-text";
import type { CodeFiles } from "../host/rewrite/code-files";
import { takenName } from "../migration/taken-name";
import { advise } from "../planner/advice";
import type { Advice } from "../planner/advice";
import type { JudgedPlan } from "../planner/planner";
import type { ProposedIndex } from "../planner/proposed-index";
import type { Change, Finding, Fix, Severity } from "../rules/finding";
import type { LoadRule, LoopRule, PathRule, QueryRule, QuerySubject, RuleFinding, RuleFix } from "../rules/rule";
import type { SqlError } from "../schema/engine";
import type { SourceFile } from "../schema/sources";
import type { StatementKind } from "../sql/statement";
import { LineIndex } from "../text/line-index";
import type { Span } from "../text/span";
import { databaseFor, nearest } from "./databases";
import type { ReviewedDatabase } from "./databases";
import { migrationChange } from "./migration-change";
import type { FileFacts, SiteFacts, StatementFact } from "./file-facts";
import { bindHole, hostPlaceOf } from "./bind-hole";
import type { Settings } from "./settings";
import { loopFindings } from "./loop-findings";
import type { JudgedLoop } from "./loop-findings";
import { loadFindings } from "./loop-load";
import { isMigration, isTest, isTooling, setsUp } from "./tooling";
import { formWords, formsWith } from "./variant-words";

/** A statement with its database and verdict. */
export interface JudgedStatement {
  readonly fact: StatementFact;
  readonly database: ReviewedDatabase | undefined;
  readonly verdict: JudgedPlan | SqlError | undefined;
  /** Indexes that it lacks, worked out once. */
  advice(): readonly Advice[];
}

export interface JudgedSite {
  readonly site: CallSite;
  readonly status: "resolved" | "partial" | "unresolved" | "foreign";
  readonly statements: readonly JudgedStatement[];
  readonly loops: readonly JudgedLoop[];
}

export interface FileReview {
  readonly file: SourceFile;
  readonly sites: readonly JudgedSite[];
  readonly findings: readonly Finding[];
}

export interface ReviewContext {
  readonly databases: readonly ReviewedDatabase[];
  readonly target: Settings["target"];
  readonly queryRules: readonly QueryRule[];
  readonly loopRules: readonly LoopRule[];
  readonly loadRules: readonly LoadRule[];
  readonly pathRules: readonly PathRule[];
  /** The code of all files as it is now. */
  readonly files: CodeFiles;
  lineOf(file: string, offset: number): number;
  severityOf(rule: string, own: Severity): Severity;
  /** Places of all queries that an index would serve, over the whole project. */
  servedBy(database: ReviewedDatabase, index: ProposedIndex): readonly string[];
  /** Runs one rule; one that throws costs its own findings only. */
  guard<T>(rule: string, check: () => Iterable<T>): readonly T[];
}

export function reviewFile(file: SourceFile, facts: FileFacts, context: ReviewContext): FileReview {
  if (facts.sites.length === 0 && facts.host.loopCalls.length === 0) return { file, sites: [], findings: [] };
  const lines = new LineIndex(file.text);
  const sites = facts.sites.map((site) => judgeSite(site, file, lines, context));
  const findings = [...sites.flatMap((site) => queryFindings(site, file, facts.otherEngine, context)), ...loopFindings(sites, facts.host, file, context), ...loadFindings(sites, facts.host, file, lines, context)];
  return { file, sites, findings: withoutRepeats(findings) };
}

function judgeSite({ site, statements }: SiteFacts, file: SourceFile, lines: LineIndex, context: ReviewContext): JudgedSite {
  const judged = statements.map((fact): JudgedStatement => judgeStatement(fact, site, file.path, context));
  const elsewhere = context.databases.length > 0 && judged.length > 0 && judged.every(({ fact, database }) => fact.statement.ok && database === undefined);
  const foreign = elsewhere || isElsewhere(site) || site.engine === "builder" || (site.sql.status === "unresolved" && site.sql.why === readFromFile);
  return {
    site,
    status: foreign ? "foreign" : site.sql.status,
    statements: judged,
    // What a builder writes is left alone; how often it is sent is the code's own doing.
    loops: foreign && site.engine !== "builder" ? [] : judgeLoops(site, statements, file.path, lines),
  };
}

function judgeStatement(fact: StatementFact, site: CallSite, path: string, context: ReviewContext): JudgedStatement {
  const { statement } = fact;
  const plannable = statement.ok && (statement.kind === "select" || statement.kind === "insert" || statement.kind === "update" || statement.kind === "delete");
  const known = fact.variant.holes.every((hole) => hole.kind === "value" || hole.kind === "list");
  const found = plannable && known && !isElsewhere(site) && !isMigration(path) ? databaseFor(context.databases, path, site, statement) : undefined;
  let advice: readonly Advice[] | undefined;
  return {
    fact,
    // What cannot be planned (PRAGMA, DDL) still belongs to the nearest database.
    database: found?.database ?? (plannable && known && !isMigration(path) ? undefined : nearest(context.databases, path)[0]),
    verdict: found?.verdict,
    advice() {
      advice ??= found !== undefined && statement.ok && "plan" in found.verdict ? advise(found.database.planner, statement) : [];
      return advice;
    },
  };
}

/** Another engine, or the storage of a Durable Object, whose tables are its own. */
function isElsewhere({ engine }: CallSite): boolean {
  return engine === "foreign" || engine === "durable-object";
}

function judgeLoops(site: CallSite, statements: readonly StatementFact[], path: string, lines: LineIndex): readonly JudgedLoop[] {
  const kinds = statements.map(({ statement }) => (statement.ok ? statement.kind : undefined));
  const kind = kinds[0];
  // Code that makes tables in a loop sets a database up.
  const tooling = isTooling(path) || setsUp(site.functionName) || kinds.includes("ddl");
  const make = (call: Span, callee: string, loop: LoopUse, prepared: Span | undefined): JudgedLoop => ({
    call,
    callee,
    loop,
    line: lines.place(loop.span.start).line,
    verdict: tooling ? "tooling" : loop.shape !== "per-element" ? loop.shape : reads(kind, callee) ? "n+1" : "write-loop",
    prepared,
  });
  const callee = site.executions[0]?.method ?? site.method;
  if (site.loop !== undefined) return [make(site.name, callee, site.loop, undefined)];
  return site.executions.flatMap((execution) => (execution.loop === undefined ? [] : [make(execution.name, execution.method, execution.loop, site.name)]));
}

function reads(kind: StatementKind | undefined, callee: string): boolean {
  if (kind === undefined) return callee !== "run" && callee !== "exec";
  return kind === "select" || kind === "pragma";
}

function queryFindings(judged: JudgedSite, file: SourceFile, otherEngine: boolean, context: ReviewContext): readonly Finding[] {
  if (judged.status === "foreign" || isTest(file.path)) return [];
  const found = judged.statements.flatMap((statement) => {
    const subject = subjectOf(statement, judged, file, otherEngine, context);
    return context.queryRules.flatMap((rule) =>
      context.guard(rule.id, () => rule.check(subject)).map((one) => ({ variant: statement.fact.variant, finding: placed(rule, one, statement, judged.site, file, context) })),
    );
  });
  return withForms(found, judged);
}

/** What is not true of all forms of the text says of which. */
function withForms(found: readonly { readonly variant: SqlVariant; readonly finding: Finding }[], { site, statements }: JudgedSite): readonly Finding[] {
  const all = site.sql.variants;
  if (all.length < 2) return found.map(({ finding }) => finding);
  // The figures of a message differ with the plan of each form.
  const nameOf = ({ rule, span, message }: Finding): string => `${rule}:${span.start}:${span.end}:${message.replace(/[\d,.]+/g, "")}`;
  const failing = new Set(statements.flatMap(({ fact, verdict }) => (!fact.statement.ok || (verdict !== undefined && !("plan" in verdict)) ? [fact.variant] : [])));
  const holders = new Map<string, Set<SqlVariant>>();
  for (const { variant, finding } of found) {
    const name = nameOf(finding);
    holders.set(name, (holders.get(name) ?? new Set()).add(variant));
  }
  return found.map(({ finding }) => {
    const forms = formsWith(holders.get(nameOf(finding))!, all, failing);
    if (forms === undefined) return finding;
    const { count, of, condition } = forms;
    const variant = { count, of, ...(condition === undefined ? {} : { [condition.word]: condition.text }) };
    return { ...finding, message: `${finding.message}${formWords(forms)}`, data: { ...finding.data, variant } };
  });
}

function subjectOf(judged: JudgedStatement, { site, statements }: JudgedSite, file: SourceFile, otherEngine: boolean, context: ReviewContext): QuerySubject {
  const { fact, database, verdict } = judged;
  const tooling = isTooling(file.path);
  const texts = statements.map((other) => textOf(other.fact));
  return {
    ...textOf(fact),
    database: database?.model.source.binding,
    verdict,
    planner: database?.planner,
    tooling,
    d1: context.target === "d1" && runsOnD1(site) && (site.binding !== undefined || (!tooling && !otherEngine)),
    method: site.method,
    executions: site.executions.map((execution) => execution.method),
    functionName: site.functionName,
    binds: site.binds,
    bindPlace: site.bindPlace,
    beginningOf: ({ span }) => textBeginning(file.text.slice(span.start, span.end), file.text),
    texts,
    alone: statements.every((other) => other === judged || other.fact.variant !== fact.variant),
    engineKnown: site.binding !== undefined || site.engine !== "unknown",
    isWrittenHere: (span) => {
      const { start, end } = shifted(span, fact.offset);
      return fact.variant.segments.every(({ sql, source }) => source !== undefined || sql.end <= start || sql.start >= end);
    },
    interpolation: (hole) => {
      const span = hostPlaceOf(hole, fact);
      return site.interpolations.find((one) => one.span.start === span?.start && one.span.end === span.end);
    },
    bindHole: (hole) => bindHole(hole, fact, site, file.text),
    advice: () => judged.advice(),
    takenBy: (table, column) => {
      const step = database && takenName(database.model, table, column);
      return step === undefined ? [] : [{ file: step.file, span: step.span, message: `\`${column ?? table}\` goes here` }];
    },
    servedBy: (index) => (database === undefined ? [] : context.servedBy(database, index)),
  };
}

/** The written beginning of a template, or of the one that a name stands for: of every one of that name in the file. */
function textBeginning(written: string, source: string): string | undefined {
  const begins = /^\s*[`"']([^`"'$\\]*)/.exec(written)?.[1];
  if (begins !== undefined || !/^[A-Za-z_$][\w$]*$/.test(written)) return begins;
  const declared = [...source.matchAll(new RegExp(`\\b${written.replaceAll("$", "\\$")}\\b\\s*=(?![=>])\\s*(.{0,40})`, "g"))].map((match) => textBeginning(/^[`"']/.test(match[1]!) ? match[1]! : "0", source));
  return declared.length > 0 && declared.every((one) => one !== undefined && one !== "") ? declared[0] : undefined;
}

/** A statement with the holes that lie in it, by its own offsets. */
function textOf({ statement, variant, offset }: StatementFact): Pick<QuerySubject, "sql" | "holes" | "statement"> {
  const end = offset + statement.text.length;
  const holes = variant.holes.filter((hole) => offset <= hole.span.start && hole.span.end <= end).map((hole) => ({ ...hole, span: shifted(hole.span, -offset) }));
  return { sql: statement.text, holes, statement };
}

/** `get` and `iterate` are of other libraries; `sql.exec` that binds is of a Durable Object's storage. */
function runsOnD1(site: CallSite): boolean {
  if (site.executions.some(({ method }) => method === "get" || method === "iterate")) return false;
  return site.method !== "exec" || (!/(?:^|\.)(?:storage|ctx|state)\??\.(?:sql|storage)\b/.test(site.receiver) && site.receiver !== "sql" && site.binds?.length === 0);
}

/** Puts a finding in the statement's text to its place in the file, with its fixes. */
function placed(rule: QueryRule, found: RuleFinding, { fact, database }: JudgedStatement, site: CallSite, file: SourceFile, context: ReviewContext): Finding {
  const whole = toSource(fact.variant, shifted(found.span, fact.offset));
  const span = found.host ?? (whole.exact || found.focus === undefined ? whole.span : toSource(fact.variant, shifted(found.focus, fact.offset)).span);
  const inCall = site.call.start <= fact.variant.fragment.start && fact.variant.fragment.end <= site.call.end;
  return {
    rule: rule.id,
    severity: context.severityOf(rule.id, found.severity ?? rule.severity),
    file: file.path,
    span,
    anchor: inCall ? site.call.start : fact.variant.fragment.start,
    message: found.message,
    why: found.why,
    related: found.related ?? [],
    data: found.data ?? {},
    fixes: () =>
      (found.fixes?.() ?? []).flatMap((fix) => {
        const changes = changesOf(fix, fact, file, database);
        return changes === undefined ? [] : [{ title: fix.title, safety: fix.safety, changes } satisfies Fix];
      }),
  };
}

/** Undefined where an edit has no exact place: the whole fix is withdrawn. */
function changesOf(fix: RuleFix, fact: StatementFact, file: SourceFile, database: ReviewedDatabase | undefined): readonly Change[] | undefined {
  const changes: Change[] = [];
  if (fix.edits !== undefined || fix.hostEdits !== undefined) {
    const edits = (fix.edits ?? []).map((edit) => editToSource(fact.variant, { span: shifted(edit.span, fact.offset), newText: edit.newText }));
    if (edits.some((edit) => edit === undefined)) return undefined;
    changes.push({ kind: "edit", file: file.path, edits: [...edits.flatMap((edit) => edit ?? []), ...(fix.hostEdits ?? [])] });
  }
  if (fix.migration !== undefined) {
    const change = database === undefined ? undefined : migrationChange(database.model.source, fix.migration);
    if (change === undefined) return undefined;
    changes.push(change);
  }
  return changes;
}

/** Several variants of one text repeat what they share. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings
    .filter((finding) => {
      const key = `${finding.rule}:${finding.span.start}:${finding.span.end}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end || (a.rule < b.rule ? -1 : 1));
}

function shifted(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by };
}
