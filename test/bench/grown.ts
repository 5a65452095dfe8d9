// The same project at one, two, four and eight times its size, reviewed from nothing each time.

import { Analysis } from "../../src/core/analysis/analysis";
import type { Snapshot } from "../../src/core/analysis/snapshot";
import { loadEngine } from "../../src/sqlite/engine";
import { snapshotOf } from "../support/review";
import { codeFile, manyVariants, migration, seed } from "./samples";

export type Growth = "files" | "migrations" | "statements" | "variants" | "seed";

export interface Step {
  readonly size: number;
  /** Of CPU, all threads, so that other work on the machine does not show. */
  readonly ms: number;
  /** Of the process, while it is reviewed. */
  readonly mb: number;
}

export async function grown(kind: Growth, wasm: Uint8Array): Promise<readonly Step[]> {
  // The first review pays for the warming of the machine.
  await reviewed(projectOf(kind, first[kind]), wasm);
  const steps: Step[] = [];
  for (const factor of [1, 2, 4, 8]) {
    const size = kind === "variants" ? first[kind] + Math.log2(factor) : first[kind] * factor;
    steps.push({ size, ...(await reviewed(projectOf(kind, size), wasm)) });
  }
  return steps;
}

const first: Readonly<Record<Growth, number>> = { files: 60, migrations: 25, statements: 40, variants: 3, seed: 2_000 };

function projectOf(kind: Growth, size: number): Snapshot {
  const files = new Map<string, string>();
  const migrations = kind === "migrations" ? size : 20;
  for (let at = 0; at < migrations; at++) files.set(`migrations/${String(at + 1).padStart(4, "0")}_ledger.sql`, migration(at));
  if (kind === "seed") files.set("migrations/9000_seed.sql", seed(size));
  if (kind === "files") for (let at = 0; at < size; at++) files.set(`src/f${at}.js`, codeFile(at, migrations));
  if (kind === "migrations") for (let at = 0; at < 20; at++) files.set(`src/f${at}.js`, codeFile(at, 20));
  if (kind === "statements") files.set("src/all.js", codeFile(0, migrations, size));
  if (kind === "variants") files.set("src/find.js", manyVariants(size));
  return snapshotOf(files);
}

async function reviewed(snapshot: Snapshot, wasm: Uint8Array): Promise<{ readonly ms: number; readonly mb: number }> {
  const engine = await loadEngine({ wasm });
  const began = process.cpuUsage();
  const analysis = new Analysis(engine);
  for (const _ of analysis.prepare(snapshot));
  for (const _ of analysis.files(snapshot));
  const { user, system } = process.cpuUsage(began);
  const ms = (user + system) / 1_000;
  const mb = Math.round(process.memoryUsage.rss() / 2 ** 20);
  analysis.close();
  return { ms, mb };
}
