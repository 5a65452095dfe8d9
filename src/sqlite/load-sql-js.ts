// Loads sql.js together with what it does not show of itself: its memory, and the functions of SQLite in C.

import initSqlJs from "sql.js";
import type { SqlJsStatic } from "sql.js";

export interface Inside {
  readonly sql: SqlJsStatic;
  readonly memory: Memory;
  readonly c: InC;
}

/** A WebAssembly.Memory. */
export interface Memory {
  /** Another one once the memory has grown. */
  readonly buffer: ArrayBuffer;
}

/** As sql.js exports them; pointers are numbers. */
interface InC {
  stringToNewUTF8(text: string): number;
  _free(pointer: number): void;
  _sqlite3_create_function_v2(db: number, name: number, args: number, encoding: number, ...nothing: number[]): number;
}

interface Instantiated {
  readonly instance: { readonly exports: Readonly<Record<string, unknown>> };
  readonly module: unknown;
}

/** Node has it; TypeScript's library declares it for browsers only. */
interface WebAssemblyApi {
  instantiate(bytes: ArrayBuffer, imports: unknown): Promise<Instantiated>;
}

/** sql.js loads once in a process and then answers with the same object, which therefore keeps its memory. */
export async function loadSqlJs(wasm: Uint8Array): Promise<Inside> {
  const sql = (await instantiated(wasm)) as SqlJsStatic & InC & { readonly memory: Memory };
  return { sql, memory: sql.memory, c: sql };
}

function instantiated(wasm: Uint8Array): Promise<SqlJsStatic> {
  return new Promise((resolve, reject) => {
    const config = {
      useOldExtensionFunctions: false,
      printErr: () => undefined,
      instantiateWasm(imports: unknown, done: (instance: unknown, module: unknown) => void): object {
        const { instantiate } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
        instantiate(wasm.slice().buffer as ArrayBuffer, imports).then(({ instance, module }) => {
          Object.assign(config, { memory: Object.values(instance.exports).find(isMemory) });
          done(instance, module);
        }).catch(reject);
        return {};
      },
    };
    initSqlJs(config as Parameters<typeof initSqlJs>[0]).then(resolve, reject);
  });
}

function isMemory(exported: unknown): exported is Memory {
  return (exported as Partial<Memory>).buffer instanceof ArrayBuffer;
}
