// Reviews source-text fixtures: from the files of a test to its findings, and the two questions that tests ask of them.
// `check`: is everything found that is labelled, and nothing else? `checkFix`: does a fix keep what every fix promises?
//
// Files under `/migrations` are the migrations, `/schema.sql` a base schema, `/seed.sql` a seed, `/plumbline.json` the settings, and every
// TypeScript or JavaScript file is code. A file under `/applied` is a migration as it was when it was applied, one
// under `/recorded` is traffic. Labels are `rule-id`, or `rule-id part of its message`.
//
// Hints about a schema have something to say of nearly every small one: a test sees those of the rule that it names.
//
// Hints about the shape of a schema say something of nearly every small one, so a test has to name the rule to see them.

import assert from "node:assert/strict";
import { Analysis } from "../../src/core/analysis/analysis";
import { databaseKey } from "../../src/core/analysis/snapshot";
import type { Snapshot } from "../../src/core/analysis/snapshot";
import { migrationHash } from "../../src/core/migration/migration-hash";
import type { Change, Finding, Fix } from "../../src/core/rules/finding";
import { rules } from "../../src/core/rules/index";
import { inMigrationOrder } from "../../src/core/schema/migration-order";
import { nextMigration } from "../../src/core/schema/migration-name";
import type { SourceFile } from "../../src/core/schema/sources";
import { readRecorded } from "../../src/core/telemetry/read-recorded";
import { Traffic } from "../../src/core/telemetry/traffic";
import { applyEdits } from "../../src/core/text/edit";
import { readSettings } from "../../src/workspace/settings";
import { testEngine } from "./engine";
import { annotate, parseFixture } from "./fixture";
import type { Fixture, Mark } from "./fixture";
import { assertIndexKeepsPromise, assertLiteralsSurvive, assertNothingIsDearer, assertParses, assertQuotesAreKnown, rowsOf } from "./fix-invariants";

export interface Review {
  readonly snapshot: Snapshot;
  /** Of all files, in their order. */
  readonly findings: readonly Finding[];
  /** Still open, to ask for plans; `reviewed` closes it. */
  readonly analysis: Analysis;
}

const schemaHints: ReadonlySet<string> = new Set(rules.filter((rule) => rule.kind === "database" && rule.severity === "hint").map((rule) => rule.id));

/** All but the hints about the schema, of which those of one rule. */
export function isMeant(about: string | undefined): (finding: Finding) => boolean {
  return ({ rule }) => rule === about || !schemaHints.has(rule);
}

/** The findings of a fixture, their fixes worked out. A rule that throws fails the test. */
export async function review(source: string, about?: string): Promise<readonly Finding[]> {
  return reviewed(parseFixture(source).files, ({ findings }) =>
    findings.filter(isMeant(about)).map((finding) => {
      const fixes = finding.fixes();
      return { ...finding, fixes: () => fixes };
    }),
  );
}

/** Every finding is labelled in the fixture, with its exact span, and every label is found. */
export async function check(source: string, about?: string): Promise<void> {
  const fixture = parseFixture(source);
  const findings = await reviewed(fixture.files, (result) => result.findings.filter(isMeant(about)));
  const shown = (marks: (path: string) => readonly Pick<Mark, "span" | "label">[]): string =>
    [...fixture.files].map(([path, text]) => `//- /${path}\n${annotate(text, marks(path))}`).join("\n");
  assert.equal(
    shown((path) => findings.filter((finding) => finding.file === path).map((finding) => ({ span: finding.span, label: labelOf(finding, fixture) }))),
    shown((path) => fixture.marks.filter((mark) => mark.path === path)),
  );
}

/**
 * Applies the only fix whose title holds `title`, and compares what it makes with `expected`: the edited file as it is
 * then, or the text of the new migration. Then it holds the invariants of every fix.
 */
export async function checkFix(source: string, title: string, expected: string): Promise<void> {
  const { files } = parseFixture(source);
  const after = await fixed(files, title);
  assert.equal(changedTexts(files, after).join("\n"), `${[...parseFixture(expected).files.values()].join("\n")}`);
}

/** The files after the only fix whose title holds `title`, which keeps the invariants of every fix. */
export async function fixed(files: ReadonlyMap<string, string>, title: string): Promise<ReadonlyMap<string, string>> {
  const { finding, fix, after } = await reviewed(files, (before) => {
    const offered = before.findings.flatMap((one) => one.fixes().map((offer) => ({ finding: one, fix: offer })));
    const [chosen, ...others] = offered.filter((offer) => offer.fix.title.includes(title));
    assert.ok(chosen !== undefined, `no fix "${title}" is offered, but: ${offered.map((offer) => offer.fix.title).join("; ")}`);
    // Several findings of one loop offer the same.
    const different = others.filter((offer) => JSON.stringify(offer.fix.changes) !== JSON.stringify(chosen.fix.changes));
    assert.deepEqual(different.map((offer) => offer.fix.title), [], `more than one fix has "${title}"`);
    return { ...chosen, after: apply(files, chosen.fix.changes) };
  });
  await assertHealed(files, after, finding, fix);
  return after;
}

/** Applies fixes one after the other, the first of the first finding that has one, until none is left. */
export async function converge(source: string): Promise<ReadonlyMap<string, string>> {
  let { files } = parseFixture(source);
  for (let turn = 0; turn < 20; turn++) {
    const changes = await reviewed(files, ({ findings }) => findings.flatMap((finding) => finding.fixes())[0]?.changes);
    if (changes === undefined) return files;
    files = apply(files, changes);
  }
  return assert.fail("the fixes do not come to an end after 20 turns");
}

/** Runs `use` on the review of these files, and closes it. */
export async function reviewed<T>(files: ReadonlyMap<string, string>, use: (review: Review) => T): Promise<T> {
  const analysis = new Analysis(await testEngine());
  const snapshot = snapshotOf(files);
  try {
    for (const _ of analysis.prepare(snapshot));
    return use({ snapshot, findings: [...analysis.files(snapshot)].flatMap((result) => result.findings), analysis });
  } finally {
    analysis.close();
  }
}

/** What the workspace would make of such files, by its simplest reading. */
export function snapshotOf(files: ReadonlyMap<string, string>): Snapshot {
  const sources = new Map<string, SourceFile>([...files].map(([path, text]) => [path, { path, text, version: 0 }]));
  const paths = [...files.keys()];
  const migrations = inMigrationOrder(paths.filter((path) => /^migrations\/.*\.sql$/.test(path)));
  const baseCandidates = paths.filter((path) => /^[^/]*schema\.sql$/.test(path));
  const { settings, problems } = readSettings(sources.get("plumbline.json"));
  const database = { binding: "DB", migrationsDir: "migrations", migrations, baseCandidates, seeds: paths.filter((path) => path === "seed.sql"), declaredIn: paths.find((path) => path.startsWith("wrangler.")), localId: undefined };
  return {
    files: sources,
    code: paths.filter((path) => /\.[cm]?[jt]sx?$/.test(path)).sort(),
    databases: migrations.length + baseCandidates.length === 0 ? [] : [database],
    settings,
    problems,
    applied: new Map([[databaseKey(database), appliedIn(files)]]),
    ...recordedIn(files),
  };
}

function recordedIn(files: ReadonlyMap<string, string>): Pick<Snapshot, "traffic"> {
  const recorded = [...files].filter(([path]) => path.startsWith("recorded/"));
  if (recorded.length === 0) return {};
  const traffic = new Traffic();
  for (const [, text] of recorded) readRecorded(text, traffic);
  return { traffic: traffic.figures() };
}

function appliedIn(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...files].flatMap(([path, text]) => (path.startsWith("applied/") ? [[path.slice("applied/".length), migrationHash(text)] as const] : [])));
}

/** The label that the fixture has there, if it speaks of this finding; else all that could be said. */
function labelOf(finding: Finding, fixture: Fixture): string {
  const expected = fixture.marks.find(
    ({ path, span, label }) => path === finding.file && span.start === finding.span.start && (label === finding.rule || label.startsWith(`${finding.rule} `)) && finding.message.includes(label.slice(finding.rule.length + 1)),
  );
  return expected?.label ?? `${finding.rule} ${finding.message}`;
}

function apply(files: ReadonlyMap<string, string>, changes: readonly Change[]): ReadonlyMap<string, string> {
  const after = new Map(files);
  for (const change of changes) {
    if (change.kind === "edit") {
      after.set(change.file, applyEdits(files.get(change.file)!, change.edits));
    } else {
      const existing = [...files.keys()].filter((path) => path.startsWith("migrations/")).map((path) => ({ path: path.slice("migrations/".length), text: undefined }));
      after.set(`migrations/${nextMigration(existing, change.name, new Date(0)).fileName}`, change.sql);
    }
  }
  return after;
}

function changedTexts(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...after].filter(([path, text]) => before.get(path) !== text).map(([, text]) => text);
}

async function assertHealed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>, finding: Finding, fix: Fix): Promise<void> {
  for (const [path, text] of after) {
    const old = before.get(path);
    if (old === text) continue;
    assertParses(path, old, text);
    // Rewritten code has other literals: only their quotes are the same.
    if (old !== undefined && rewritesCode.test(finding.rule)) assertQuotesAreKnown(path, old, text);
    else if (old !== undefined) assertLiteralsSurvive(path, old, text);
  }
  const { first, rowsFirst } = await reviewed(before, (result) => ({ first: result.findings.map(says), rowsFirst: rowsOf(result) }));
  await reviewed(after, (result) => {
    const left = result.findings.filter(isMeant(finding.rule)).map(says);
    assert.ok(!left.includes(says(finding)), `the finding is still there after its fix: ${says(finding)}`);
    assert.deepEqual(left.filter((one) => !first.includes(one)), [], "the fix makes new findings");
    const [migration] = fix.changes.flatMap((change) => (change.kind === "migration" ? [change] : []));
    if (migration !== undefined && /^DROP INDEX/m.test(migration.sql)) assertNothingIsDearer(rowsFirst, rowsOf(result));
    else if (migration !== undefined) assertIndexKeepsPromise(result, finding, migration.sql);
  });
}

const rewritesCode = /-in-loop$|^sequential-queries$|^d1-limit$/;

/** A finding without its place, which edits above it shift. */
function says({ rule, file, message }: Finding): string {
  return `${file}: ${rule}: ${message}`;
}
