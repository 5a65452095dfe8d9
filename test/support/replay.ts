// Replays migrations that a test writes as one text: `//- path` starts a file; `schema.sql` and its like, outside the
// folder of migrations, are candidates for the base; what lies in `others` is run by hand.

import type { Engine } from "../../src/core/schema/engine";
import { replay } from "../../src/core/schema/replay";
import type { Model } from "../../src/core/schema/replay";
import type { Origin } from "../../src/core/schema/schema";
import type { SourceFile } from "../../src/core/schema/sources";

export interface Replayed extends Model {
  /** `file: first line of the statement: message` for each failure. */
  readonly failed: readonly string[];
  /** The text that an origin points at. */
  textOf(origin: Origin | undefined): string | undefined;
}

export function replayText(engine: Engine, fixture: string): Replayed {
  const files = new Map<string, SourceFile>();
  for (const part of fixture.split(/^\s*\/\/- /m).slice(1)) {
    const lineEnd = part.indexOf("\n");
    const path = (lineEnd < 0 ? part : part.slice(0, lineEnd)).trim();
    files.set(path, { path, text: lineEnd < 0 ? "" : part.slice(lineEnd + 1), version: 0 });
  }
  return replayFiles(engine, files);
}

export function replayFiles(engine: Engine, files: ReadonlyMap<string, SourceFile>): Replayed {
  const paths = [...files.keys()];
  const model = replay(
    engine,
    {
      binding: "DB",
      migrationsDir: "migrations",
      migrations: paths.filter((path) => path.startsWith("migrations/")),
      baseCandidates: paths.filter((path) => !/^(?:migrations|others)\//.test(path)),
      others: paths.filter((path) => path.startsWith("others/")),
      declaredIn: undefined,
      localId: undefined,
    },
    files,
  );
  const slice = (file: string, span: { start: number; end: number }): string => files.get(file)!.text.slice(span.start, span.end);
  const failed = model.migrations.flatMap((outcome) =>
    outcome.failures.map((one) => `${one.file.split("/").at(-1)}: ${slice(one.file, one.span).split("\n")[0]}: ${one.message}`),
  );
  return { ...model, failed, textOf: (origin) => origin && slice(origin.file, origin.span) };
}

export function status(model: Model): string {
  return model.migrations.map((outcome) => outcome.status).join(" ");
}

export function tableNames(model: Model): string {
  return model.schema.tables.map((table) => table.name).join(" ");
}

export function columnNames(model: Model, table: string): string {
  return model.schema.tables.find((one) => one.name === table)?.columns.map((column) => column.name).join(" ") ?? "no such table";
}
