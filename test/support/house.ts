// Walks the repository's own files, for the tests that keep the house in order.

import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

const left = new Set(["node_modules", "dist", ".git", ".vscode-test"]);

/** Paths below a folder, with `/`, sorted; what is built or installed is left out. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
      if (left.has(entry.name)) return [];
      return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : [];
    })
    .sort();
}

export function read(path: string): string {
  return readFileSync(path, "utf8");
}

export function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
}

export interface Import {
  readonly from: string;
  /** A path of the repository without extension, or a package. */
  readonly to: string;
  readonly isPackage: boolean;
  /** `import type`, `export type … from`, `typeof import(…)`: nothing is left of it at run time. */
  readonly typeOnly: boolean;
}

/** Every import of a file, written as a statement, an `export … from`, a call or a type. */
export function importsOf(path: string): readonly Import[] {
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const isPackage = !specifier.text.startsWith(".");
    imports.push({ from: path, to: isPackage ? specifier.text : resolve(path, specifier.text), isPackage, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "require") add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(parse(path));
  return imports;
}

function resolve(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}
