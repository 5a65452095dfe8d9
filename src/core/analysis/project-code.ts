// The code files of the snapshot for rewrites that reach into other files: read when asked for, the last few kept.

import { readCode, type CodeFile, type CodeFiles } from "../host/rewrite/code-files";
import type { SourceFile } from "../schema/sources";
import { codeFiles } from "./linked-code";
import type { Snapshot } from "./snapshot";

/** A tree is some ten times its text. */
const mostKept = 6;

/** `snapshot` gives the newest, so that no edit is made for a text that is gone. */
export function projectCode(snapshot: () => Snapshot | undefined): CodeFiles {
  const kept = new Map<SourceFile, CodeFile>();
  return {
    file(path) {
      const source = snapshot()?.files.get(path);
      if (source === undefined || !/\.[cm]?[jt]sx?$/.test(path)) return undefined;
      const code = kept.get(source) ?? readCode(path, source.text);
      kept.delete(source);
      kept.set(source, code);
      if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
      return code;
    },
    isExtended(className) {
      const now = snapshot();
      const extension = new RegExp(`\\bextends\\s+(?:[\\w$]+\\.)*${className.replace(/\$/g, "\\$")}(?![\\w$])`);
      return now === undefined || codeFiles(now).some(({ text }) => extension.test(text));
    },
  };
}
