// What a file hands out under which name: ES modules with re-exports and defaults, and CommonJS.

import { ts } from "./typescript";
import type { Reading } from "./reading";
import { memberOf, referTo } from "./reference";
import { unwrap } from "./syntax";
import type { TextValue } from "./text-value";

export interface Exports {
  readonly exports: ReadonlyMap<string, TextValue>;
  readonly stars: readonly string[];
}

export function readExports(reading: Reading): Exports {
  const exports = new Map<string, TextValue>();
  const stars: string[] = [];
  for (const statement of reading.file.statements) {
    if (ts.isExportDeclaration(statement)) exportDeclaration(statement, reading, exports, stars);
    else if (ts.isExportAssignment(statement)) exports.set("default", reading.flow.value(statement.expression));
    else if (isExported(statement)) declaration(statement, reading, exports);
    else if (ts.isExpressionStatement(statement)) commonJs(statement.expression, reading, exports);
  }
  return { exports, stars };
}

function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) && (statement.modifiers ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
}

function exportDeclaration(node: ts.ExportDeclaration, { flow, scopes, declarations }: Reading, exports: Map<string, TextValue>, stars: string[]): void {
  const specifier = node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : undefined;
  const clause = node.exportClause;
  if (clause === undefined) {
    if (specifier !== undefined) stars.push(specifier);
  } else if (ts.isNamespaceExport(clause)) {
    if (specifier !== undefined) exports.set(clause.name.text, referTo({ kind: "import", specifier, name: "*" }));
  } else {
    for (const element of clause.elements) {
      const own = element.propertyName ?? element.name;
      if (specifier !== undefined) exports.set(element.name.text, referTo({ kind: "import", specifier, name: own.text }));
      else if (ts.isIdentifier(own)) exports.set(element.name.text, scopes.binding(own) === undefined ? (declarations.typeNamed(own.text) ?? flow.value(own)) : flow.value(own));
    }
  }
}

function declaration(statement: ts.Statement, { flow, scopes, declarations }: Reading, exports: Map<string, TextValue>): void {
  if (ts.isVariableStatement(statement)) {
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (ts.isIdentifier(name)) {
        const binding = scopes.declared(name);
        const value = binding !== undefined && binding.writes.length === 0 && initializer !== undefined ? flow.value(initializer) : flow.named(name);
        exports.set(name.text, value);
      } else if (initializer !== undefined && ts.isObjectBindingPattern(name)) {
        for (const element of name.elements) if (ts.isIdentifier(element.name)) exports.set(element.name.text, memberOf(flow.value(initializer), (element.propertyName ?? element.name).getText()));
      }
    }
    return;
  }
  if (ts.isEnumDeclaration(statement)) {
    exports.set(statement.name.text, enumObject(statement, flow));
    return;
  }
  if (ts.isTypeAliasDeclaration(statement)) {
    const { text } = statement.name;
    const meant = exports.has(text) ? undefined : declarations.typeNamed(text);
    if (meant !== undefined) exports.set(text, meant);
    return;
  }
  const isFunction = ts.isFunctionDeclaration(statement);
  if (!isFunction && !ts.isClassDeclaration(statement) && !ts.isInterfaceDeclaration(statement)) return;
  const number = declarations.numberOf(statement);
  if (number === undefined) return;
  const isDefault = (statement.modifiers ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword);
  const name = isDefault ? "default" : statement.name?.text;
  if (name !== undefined) exports.set(name, referTo(isFunction ? { kind: "function", function: number } : { kind: "class", class: number }));
}

function enumObject(node: ts.EnumDeclaration, flow: Reading["flow"]): TextValue {
  const members = new Map<string, TextValue>();
  for (const { name, initializer } of node.members) {
    if ((ts.isIdentifier(name) || ts.isStringLiteral(name)) && initializer !== undefined) members.set(name.text, flow.value(initializer));
  }
  return referTo({ kind: "object", members, spreads: [] });
}

/** `module.exports = …`, `exports.name = …`, `module.exports.name = …`. */
function commonJs(node: ts.Expression, { flow }: Reading, exports: Map<string, TextValue>): void {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return;
  const target = unwrap(node.left);
  if (!ts.isPropertyAccessExpression(target)) return;
  const owner = target.expression.getText();
  if (owner === "module" && target.name.text === "exports") exports.set("default", flow.value(node.right));
  else if (owner === "exports" || owner === "module.exports") exports.set(target.name.text, flow.value(node.right));
}
