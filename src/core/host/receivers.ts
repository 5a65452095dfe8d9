// The object that a query is sent to: how it is written, which binding of the environment it is, and whether it
// looks like a database at all.

import { ts } from "./typescript";
import type { Constants } from "./constants";
import type { Scopes } from "./scopes";
import { methodOf, propertyName, unwrapAwait } from "./syntax";

const environment = /^_?(?:env|bindings|environment|\w*Env)$/i;
const database = /(?:^|_)(?:db|d1|database|sqlite|sql|conn|connection|session|tx|trx)\d*$|(?:Db|DB|D1|Database|Sqlite|SQLite|Sql|Conn|Connection|Session)\d*$/i;
const regularExpression = /^(?:re|rx|reg|regexp?|pattern)$|(?:Re|RE|Rx|Regexp?|RegExp|Pattern|_REGEXP?|_PATTERN)$/;
const deepest = 12;

/** As written, without white space, wrappers and `await`. */
export function receiverText(receiver: ts.Expression): string {
  const node = unwrapAwait(receiver);
  return node
    .getText()
    .replace(/\s+/g, " ")
    .replace(/\s*(\?)?\.\s*/g, "$1.")
    .slice(0, 200);
}

/** The property of the environment that the receiver is, through constants, destructuring and `this.db = env.DB`. */
export function bindingOf(receiver: ts.Expression, scopes: Scopes, depth = 0): string | undefined {
  if (depth > deepest) return undefined;
  const node = unwrapAwait(receiver);
  if (ts.isIdentifier(node)) return bindingOfName(node, scopes, depth);
  if (ts.isPropertyAccessExpression(node)) {
    if (isEnvironment(node.expression, scopes)) return node.name.text;
    if (node.expression.kind !== ts.SyntaxKind.ThisKeyword) return undefined;
    const writes = scopes.propertyWrites(node.name.text);
    return writes[0] === undefined || writes.length > 1 ? undefined : bindingOf(writes[0], scopes, depth + 1);
  }
  if (ts.isElementAccessExpression(node)) {
    const key = node.argumentExpression;
    return isEnvironment(node.expression, scopes) && ts.isStringLiteralLike(key) ? key.text : undefined;
  }
  if (ts.isBinaryExpression(node)) return bindingOf(node.left, scopes, depth + 1) ?? bindingOf(node.right, scopes, depth + 1);
  const method = ts.isCallExpression(node) ? methodOf(node) : undefined;
  return method?.name.text === "withSession" ? bindingOf(method.expression, scopes, depth + 1) : undefined;
}

/** True for names that databases go by: `db`, `env.DB`, `this.database`, `storage.sql`, any binding of the environment. */
export function looksLikeDatabase(receiver: ts.Expression, scopes: Scopes): boolean {
  const node = unwrapAwait(receiver);
  if (bindingOf(node, scopes) !== undefined) return true;
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) {
    const name = ts.isIdentifier(node) ? node.text : node.name.text;
    return database.test(name.replace(/^[#_]+/, ""));
  }
  return ts.isCallExpression(node) && /(?:db|d1|database|connection)$/i.test(node.expression.getText());
}

/** True where `exec` is that of a regular expression, by its value or its name. */
export function looksLikeRegularExpression(receiver: ts.Expression, constants: Constants): boolean {
  const node = unwrapAwait(receiver);
  const [source] = constants.sources(node) ?? [node];
  if (source !== undefined && (ts.isRegularExpressionLiteral(source) || isRegExpCall(source))) return true;
  return looksLikePattern(node);
}

/** The same by its own look alone. */
export function looksLikePattern(receiver: ts.Expression): boolean {
  const node = unwrapAwait(receiver);
  if (ts.isRegularExpressionLiteral(node) || isRegExpCall(node)) return true;
  const name = ts.isIdentifier(node) ? node.text : ts.isPropertyAccessExpression(node) ? node.name.text : "";
  return regularExpression.test(name);
}

function isRegExpCall(node: ts.Expression): boolean {
  return (ts.isNewExpression(node) || ts.isCallExpression(node)) && ts.isIdentifier(node.expression) && node.expression.text === "RegExp";
}

function isEnvironment(object: ts.Expression, scopes: Scopes): boolean {
  const node = unwrapAwait(object);
  if (ts.isPropertyAccessExpression(node)) return environment.test(node.name.text);
  if (!ts.isIdentifier(node)) return false;
  if (environment.test(node.text)) return true;
  const declaration = scopes.binding(node)?.node;
  if (declaration === undefined) return false;
  if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
    const value = unwrapAwait(declaration.initializer);
    return ts.isPropertyAccessExpression(value) && environment.test(value.name.text);
  }
  return false;
}

function bindingOfName(node: ts.Identifier, scopes: Scopes, depth: number): string | undefined {
  const binding = scopes.binding(node);
  if (binding === undefined || binding.writes.length > 0) return undefined;
  const { node: declaration } = binding;
  if (ts.isVariableDeclaration(declaration)) {
    return declaration.initializer === undefined ? undefined : bindingOf(declaration.initializer, scopes, depth + 1);
  }
  if (!ts.isBindingElement(declaration) || !ts.isObjectBindingPattern(declaration.parent)) return undefined;
  const owner = declaration.parent.parent;
  const key = propertyName(declaration.propertyName ?? (ts.isIdentifier(declaration.name) ? declaration.name : undefined));
  if (key === undefined) return undefined;
  // `const { env: { DB } } = context` nests patterns; a parameter `{ DB }: Env` is destructured by its type's name.
  if (ts.isBindingElement(owner)) return environment.test(propertyName(owner.propertyName) ?? "") ? key : undefined;
  if (ts.isParameter(owner)) return environment.test(owner.type?.getText() ?? "") ? key : undefined;
  return owner.initializer !== undefined && isEnvironment(owner.initializer, scopes) ? key : undefined;
}
