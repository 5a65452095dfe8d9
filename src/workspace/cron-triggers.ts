// What a wrangler file says of a Worker's main file and its cron triggers, and how one more trigger is added.

import type { SourceFile } from "../core/schema/sources";
import { applyEdits, type TextEdit } from "../core/text/edit";
import { inserted } from "./jsonc";
import { dirOf, resolveFrom } from "./paths";
import { isToml, wranglerValue } from "./wrangler-value";

export interface WorkerEntry {
  /** The path of the main file; undefined where none is declared. */
  readonly main: string | undefined;
  readonly isPages: boolean;
  readonly crons: readonly string[];
}

/** Undefined where the file cannot be read. `folder` is the opened folder, for absolute paths in the file. */
export function workerEntry(folder: string, file: SourceFile): WorkerEntry | undefined {
  const value = wranglerValue(file.path, file.text);
  if (value === undefined) return undefined;
  const { main, pages_build_output_dir: pages, triggers } = value;
  return { main: typeof main === "string" ? resolveFrom(folder, dirOf(file.path), main) : undefined, isPages: pages !== undefined, crons: cronsOf(triggers) };
}

/** Edits that declare a trigger; undefined where the file cannot be mended. */
export function withCron({ path, text }: SourceFile, cron: string): readonly TextEdit[] | undefined {
  const edits = isToml(path) ? inToml(text, cron) : inserted(text, ["triggers", "crons"], cron);
  return cronsOf(wranglerValue(path, applyEdits(text, edits))?.["triggers"]).includes(cron) ? edits : undefined;
}

function inToml(text: string, cron: string): readonly TextEdit[] {
  const newLine = text.includes("\r\n") ? "\r\n" : "\n";
  const list = /^[ \t]*(?:\[triggers\][^[]*?^[ \t]*crons|triggers\.crons|triggers[ \t]*=[ \t]*\{[^}\n]*?\bcrons)[ \t]*=[ \t]*\[/m.exec(text);
  if (list !== null) {
    const at = list.index + list[0].length;
    return [{ span: { start: at, end: at }, newText: /^\s*\]/.test(text.slice(at)) ? JSON.stringify(cron) : `${JSON.stringify(cron)}, ` }];
  }
  const table = /^[ \t]*\[triggers\][^\r\n]*/m.exec(text);
  const at = table === null ? text.length : table.index + table[0].length;
  const head = table === null ? `${text === "" ? "" : text.endsWith("\n") ? newLine : newLine + newLine}[triggers]` : "";
  return [{ span: { start: at, end: at }, newText: `${head}${newLine}crons = [${JSON.stringify(cron)}]${table === null ? newLine : ""}` }];
}

function cronsOf(triggers: unknown): readonly string[] {
  const crons = (triggers as { readonly crons?: unknown } | undefined | null)?.crons;
  return Array.isArray(crons) ? crons.filter((one) => typeof one === "string") : [];
}
