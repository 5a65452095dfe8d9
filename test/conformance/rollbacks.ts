// What `rollbacks.mjs` needs of ours: the migrations of a folder with the rollback files that we write for them, and the
// rows with which each is tried.

import { readFile } from "node:fs/promises";
import { addRows } from "../../src/core/migration/stage-rows";
import type { RowStyle } from "../../src/core/migration/stage-rows";
import { rollbacksReport } from "../../src/core/report/rollbacks-report";
import type { RollbackReport } from "../../src/core/report/rollbacks-report";
import type { Engine } from "../../src/core/schema/engine";
import { readAllSteps } from "../../src/core/schema/migration-steps";
import type { Model } from "../../src/core/schema/model";
import { readSchema } from "../../src/core/schema/read-schema";
import { replay } from "../../src/core/schema/replay";
import type { SourceFile } from "../../src/core/schema/sources";
import { openStage } from "../../src/core/schema/stage";
import type { Stage } from "../../src/core/schema/stage";
import type { World } from "../../src/core/schema/world";
import { loadEngine } from "../../src/sqlite/engine";
import { readProject } from "../../src/workspace/project";
import { fillingStatements } from "./rows";

export { sameSql } from "../../src/core/migration/rollback/same-sql";

interface File {
  /** As wrangler notes it. */
  readonly name: string;
  readonly text: string;
}

export interface RollbackCase {
  readonly file: string;
  /** Statements of a base schema. */
  readonly base: readonly string[];
  /** The migrations before it. Empty where one of them fails: then `base` is all that it meets. */
  readonly before: readonly File[];
  /** Statements that give every table its rows. */
  readonly rows: Readonly<Record<RowStyle | "single", readonly string[]>>;
  /** The migration, and its variant that keeps a backup, with what takes it back. */
  readonly tries: readonly { readonly grade: string; readonly migration: File; readonly rollback: string }[];
}

/** The migrations of all databases of the folder that do not fail. */
export async function rollbackCases(root: string, folder: string): Promise<readonly RollbackCase[]> {
  const engine = await loadEngine({ wasm: await readFile(`${root}/node_modules/sql.js/dist/sql-wasm.wasm`) });
  const { databases, files } = await readProject(folder);
  return databases.flatMap((source) => [...casesOf(engine, replay(engine, source, files, "d1"), (path) => files.get(path))]);
}

function* casesOf(engine: Engine, model: Model, textOf: (path: string) => SourceFile | undefined): Iterable<RollbackCase> {
  const [first] = model.stages;
  if (first === undefined) return;
  const fileOf = ({ file: { file }, recordName }: Stage): File => ({ name: recordName, text: textOf(file)?.text ?? "" });
  const before: File[] = [];
  const course = openStage(engine, first, "d1");
  let isWhole = true;
  for (const stage of model.stages) {
    const made = rollbackOf(engine, model, stage, textOf);
    if (made !== undefined) {
      const met = (): World => (isWhole ? course.fork(engine) : openStage(engine, stage, "d1"));
      yield {
        file: stage.file.file,
        base: objectsOf(engine, isWhole ? first : stage),
        before: isWhole ? [...before] : [],
        rows: { plain: filled(met(), "plain"), awkward: filled(met(), "awkward"), single: filled(met(), "plain", 1) },
        tries: triesOf(made, fileOf(stage)),
      };
    }
    before.push(fileOf(stage));
    isWhole &&= course.apply(readAllSteps(textOf(stage.file.file)!), stage.recordName) === undefined;
  }
  course.db.close();
}

function rollbackOf(engine: Engine, model: Model, stage: Stage, textOf: (path: string) => SourceFile | undefined): RollbackReport | undefined {
  const work = rollbacksReport({ engine, models: [model], names: [stage.file.file], textOf });
  for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value.report.rollbacks[0];
}

function triesOf({ grade, sql, withBackup }: RollbackReport, migration: File): RollbackCase["tries"] {
  const own = { grade, migration, rollback: sql };
  return withBackup === null ? [own] : [own, { grade: "exact", migration: { ...migration, text: withBackup.migration }, rollback: withBackup.sql }];
}

/** As D1 has them: without stand-ins. */
function objectsOf(engine: Engine, stage: Stage): readonly string[] {
  const world = openStage(engine, stage, "d1");
  try {
    const { tables, indexes, views, triggers } = readSchema(world.db, world.origins);
    return [...tables, ...indexes, ...views, ...triggers].flatMap(({ sql }) => sql ?? []);
  } finally {
    world.db.close();
  }
}

function filled(world: World, style: RowStyle, rows?: number): readonly string[] {
  try {
    const schema = readSchema(world.db, world.origins);
    addRows(world, schema, style, rows);
    return fillingStatements(world.db, schema);
  } finally {
    world.db.close();
  }
}
