// A file is one idea and a function fits a screen. What grows past the limit wants a home of its own.

import assert from "node:assert/strict";
import ts from "typescript";
import { filesIn, parse, read } from "../support/house";

const mostLinesOfFile = 400;
/** What is written into a user's project is one file, and says all that its reader must know. */
const mostLinesOfHelper = 550;
const mostLinesOfFunction = 80;
const files = filesIn("src").filter((path) => /\.(ts|mjs)$/.test(path));

describe("sizes", () => {
  it(`no file is longer than ${mostLinesOfFile} lines`, () => {
    const most = (path: string): number => (path.startsWith("src/helpers/") ? mostLinesOfHelper : mostLinesOfFile);
    const lines = (path: string): number => read(path).split("\n").length - 1;
    assert.deepEqual(files.filter((path) => lines(path) > most(path)).map((path) => `${path}: ${lines(path)}`), []);
  });

  it(`no function is longer than ${mostLinesOfFunction} lines`, () => {
    assert.deepEqual(files.flatMap((path) => longFunctions(parse(path))), []);
  });

  it("every file opens by saying what it is for", () => {
    const bare = files.filter((path) => !path.endsWith(".d.ts") && !/^(#!.*\n)?(\/\/|\/\*)/.test(read(path)));
    assert.deepEqual(bare, []);
  });
});

function longFunctions(file: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const lineOf = (offset: number): number => file.getLineAndCharacterOfPosition(offset).line + 1;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const lines = lineOf(node.end) - lineOf(node.getStart(file)) + 1;
      if (lines > mostLinesOfFunction) found.push(`${file.fileName}:${lineOf(node.getStart(file))}: ${lines}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
