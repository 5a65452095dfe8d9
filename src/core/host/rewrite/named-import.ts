// An import of one more name from a file of the project, written as the file writes its others.

import ts from "typescript";
import type { TextEdit } from "../../text/edit";
import type { CodeFile } from "./code-files";

/** Undefined where the name is imported already; a text says why it cannot be. */
export function namedImport(name: string, from: string, { path, layout, scopes }: CodeFile): TextEdit | string | undefined {
  const { file, newLine, semicolon } = layout;
  const imports = file.statements.filter((statement) => ts.isImportDeclaration(statement));
  const specifier = specifierOf(path, from, imports);
  for (const { moduleSpecifier, importClause } of imports) {
    const named = importClause?.namedBindings;
    if (!ts.isStringLiteral(moduleSpecifier) || !sameModule(moduleSpecifier.text, specifier) || named === undefined || !ts.isNamedImports(named) || importClause?.isTypeOnly === true) continue;
    if (named.elements.some((element) => element.name.text === name && element.propertyName === undefined)) return undefined;
    const last = named.elements.at(-1);
    if (last === undefined) continue;
    return { span: { start: last.end, end: last.end }, newText: `, ${name}` };
  }
  const taken = file.statements.some((statement) => declaresName(statement, name)) || imports.some(({ importClause }) => importClause !== undefined && scopesName(importClause, name, scopes));
  if (taken) return `there is already a \`${name}\``;
  if (imports.length === 0 && /\brequire\s*\(|\bmodule\.exports\b/.test(file.text)) return "the file is no module";
  const quote = imports.some(({ moduleSpecifier }) => moduleSpecifier.getText(file).startsWith("'")) ? "'" : '"';
  const line = `import { ${name} } from ${quote}${specifier}${quote}${semicolon}`;
  const last = imports.at(-1);
  if (last !== undefined) return { span: { start: last.end, end: last.end }, newText: newLine + line };
  const start = startOfCode(file);
  return { span: { start, end: start }, newText: `${line}${newLine}${newLine}` };
}

/** After a `#!` line and the comments that speak of the whole file. */
function startOfCode(file: ts.SourceFile): number {
  const first = file.statements[0];
  return first === undefined ? file.text.length : first.getStart(file, true);
}

/** With an extension where the file's other relative imports have one. */
function specifierOf(path: string, from: string, imports: readonly ts.ImportDeclaration[]): string {
  const others = imports.flatMap(({ moduleSpecifier }) => (ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text.startsWith(".") ? [moduleSpecifier.text] : []));
  const extension = /\.[cm]?[jt]sx?$/.exec(from)?.[0] ?? "";
  const spelled = others.map((one) => /\.[cm]?[jt]sx?$/.exec(one)?.[0]).find((one) => one !== undefined);
  const bare = relative(path, from.slice(0, from.length - extension.length));
  if (spelled === undefined && (others.length > 0 || extension.includes("t"))) return bare;
  return bare + (spelled?.includes("j") === true ? extension.replace("t", "j") : extension);
}

function relative(path: string, to: string): string {
  const here = path.split("/").slice(0, -1);
  const there = to.split("/");
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared++;
  const up = "../".repeat(here.length - shared);
  return `${up === "" ? "./" : up}${there.slice(shared).join("/")}`;
}

function sameModule(a: string, b: string): boolean {
  const bare = (one: string): string => one.replace(/\.[cm]?[jt]sx?$/, "");
  return bare(a) === bare(b);
}

function declaresName(statement: ts.Statement, name: string): boolean {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.some((one) => ts.isIdentifier(one.name) && one.name.text === name);
  return (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name?.text === name;
}

function scopesName(clause: ts.ImportClause, name: string, scopes: CodeFile["scopes"]): boolean {
  if (clause.name?.text === name) return true;
  const named = clause.namedBindings;
  if (named === undefined) return false;
  if (ts.isNamespaceImport(named)) return named.name.text === name;
  return named.elements.some((element) => element.name.text === name && scopes.declared(element.name) !== undefined);
}
