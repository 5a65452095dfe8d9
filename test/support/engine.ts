// The real SQLite for tests, loaded once per bundle.

import { readFile } from "node:fs/promises";
import type { Engine } from "../../src/core/schema/engine";
import { loadEngine } from "../../src/sqlite/engine";

let loaded: Promise<Engine> | undefined;

export function testEngine(): Promise<Engine> {
  loaded ??= engineBytes().then((wasm) => loadEngine({ wasm }));
  return loaded;
}

/** For tests that load an engine of their own, with options. */
export function engineBytes(): Promise<Uint8Array> {
  return readFile("node_modules/sql.js/dist/sql-wasm.wasm");
}
