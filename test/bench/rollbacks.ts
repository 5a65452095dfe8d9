// Makes the rollback of every migration of one folder, for `rollbacks.mjs`.

import { writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { makeRollback } from "../../src/core/migration/rollback/rollback";
import type { RollbackResult } from "../../src/core/migration/rollback/rollback";
import { replay } from "../../src/core/schema/replay";
import type { Stage } from "../../src/core/schema/stage";
import { loadEngine } from "../../src/sqlite/engine";
import { readProject } from "../../src/workspace/project";

interface Outcome {
  readonly file: string;
  /** Undefined where the migration fails. */
  readonly grade: string | undefined;
  readonly verified: boolean;
  readonly reasons: readonly string[];
  /** It deletes, updates, replaces or drops something that was there. */
  readonly takesData: boolean;
  readonly companion: boolean;
  readonly ms: number;
  readonly sql: string;
}

async function main(folder: string): Promise<void> {
  const engine = await loadEngine({ wasm: await readFile(path.join(__dirname, "sql-wasm.wasm")) });
  const snapshot = await readProject(folder);
  const outcomes: Outcome[] = [];
  for (const source of snapshot.databases) {
    const model = replay(engine, source, snapshot.files, snapshot.settings.target);
    for (const stage of model.stages) {
      const text = snapshot.files.get(stage.file.file)?.text ?? "";
      const began = performance.now();
      const earlier = model.stages.slice(0, model.stages.indexOf(stage)).map(({ file }) => file);
      const result = makeRollback({ engine, stage, target: model.target, text, earlier });
      outcomes.push(outcomeOf(stage, result, performance.now() - began));
    }
  }
  // In one write, since the parent reads what is there when this process ends.
  writeSync(1, JSON.stringify(outcomes));
}

function outcomeOf(stage: Stage, result: RollbackResult, ms: number): Outcome {
  const shared = { file: stage.file.file, ms, takesData: takesData(stage) };
  if (!result.ok) return { ...shared, grade: undefined, verified: false, reasons: [result.failed.message], companion: false, sql: "" };
  const { grade, verified, reasons, lines, companion } = result.rollback;
  return { ...shared, grade, verified, reasons, companion: companion !== undefined, sql: lines.map(({ sql, note }) => `${note === undefined ? "" : `-- ${note}\n`}${sql};`).join("\n") };
}

/** By the statements alone. A table that is dropped after it was copied to another is none that is taken. */
function takesData({ file, objects }: Stage): boolean {
  const there = new Set(objects.map(({ name }) => name.toLowerCase()));
  const copied = new Set<string>();
  return file.steps.some(({ text }) => {
    for (const [, from] of text.matchAll(/\bFROM\s+["`[]?(\w+)/gi)) if (/^(INSERT|CREATE)/i.test(text)) copied.add(from!.toLowerCase());
    const taken = /^(?:DELETE\s+FROM|UPDATE(?:\s+OR\s+\w+)?|(?:INSERT\s+OR\s+)?REPLACE\s+INTO|DROP\s+TABLE(?:\s+IF\s+EXISTS)?)\s+["`[]?(\w+)/i.exec(text)?.[1]?.toLowerCase();
    if (/^ALTER\s+TABLE\b[^]*\bDROP\b/i.test(text) || /\bON\s+CONFLICT\b[^]*\bDO\s+UPDATE\b/i.test(text)) return true;
    return taken !== undefined && there.has(taken) && !(/^DROP/i.test(text) && copied.has(taken));
  });
}

void main(process.argv[2]!);
