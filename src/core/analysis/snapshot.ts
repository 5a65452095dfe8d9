// The input of an analysis, frozen: one version of every file, the databases, the settings.

import type { DatabaseSource, SourceFile } from "../schema/sources";
import type { Span } from "../text/span";
import type { Settings } from "./settings";

/** Something wrong with the project's configuration, at its place. Becomes a finding of the rule `configuration`. */
export interface ProjectProblem {
  readonly file: string;
  readonly span: Span;
  /** One sentence that says what to do; no full stop. */
  readonly message: string;
  readonly severity: "error" | "warning";
}

export interface Snapshot {
  /** By path relative to the workspace folder: code, migrations, base schemas. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** Paths of the files whose queries are reviewed, sorted. */
  readonly code: readonly string[];
  readonly databases: readonly DatabaseSource[];
  readonly settings: Settings;
  readonly problems: readonly ProjectProblem[];
}
