// Where a value that is put into an SQL text comes from, as far as its file tells: from the request, from a number, from
// constants, or from what was checked before. In doubt it is `unknown`, never `request`.

import { ts } from "./typescript";
import { kindOf, type ValueReading } from "./bound-value";
import type { Interpolation, SqlTexts } from "./call-site";
import { listSource } from "./list-length";
import { enclosingFunction, methodOf, propertyName, unwrapAwait } from "./syntax";
import type { Binding } from "./scopes";

type Origin = Interpolation["origin"];

/** The expressions behind the values and lists that a site's texts do not tell. */
export function interpolations(sql: SqlTexts, file: ts.SourceFile, reading: ValueReading): readonly Interpolation[] {
  const found = new Map<string, Interpolation>();
  for (const { holes, segments } of sql.variants) {
    for (const hole of holes) {
      const span = segments.find((segment) => segment.kind === "hole" && segment.sql.start === hole.span.start)?.source;
      if (span === undefined || found.has(`${span.start}:${span.end}`)) continue;
      const node = expressionAt(file, span.start, span.end);
      if (node === undefined) continue;
      const originOfPart = (of: ts.Expression): Origin => originOf(of, reading, 0);
      const origin = originOfPart(node);
      const isName = hole.kind === "identifier" || hole.kind === "fragment";
      // Names and clauses are the code's own, as a rule: of those only what the request decides is told.
      if (isName && origin !== "request") continue;
      found.set(`${span.start}:${span.end}`, { span, text: node.getText(file), origin: isName && isAskedAbout(node, reading) ? "checked" : origin, list: hole.kind === "list" ? listSource(node, reading, originOfPart) : undefined });
    }
  }
  return [...found.values()];
}

function expressionAt(file: ts.SourceFile, start: number, end: number): ts.Expression | undefined {
  let at: ts.Node = file;
  for (;;) {
    const inner: ts.Node | undefined = ts.forEachChild(at, (child) => (child.getStart(file) <= start && child.end >= end ? child : undefined));
    if (inner === undefined) return undefined;
    if (inner.getStart(file) === start && inner.end === end) return inner as ts.Expression;
    at = inner;
  }
}

const deepest = 10;
/** From the strongest word about a value to the weakest: what several together are. */
const order: readonly Origin[] = ["request", "unknown", "sql", "checked", "number", "constant"];

function together(origins: readonly Origin[]): Origin {
  return order.find((origin) => origins.includes(origin)) ?? "constant";
}

function originOf(node: ts.Expression, reading: ValueReading, depth: number): Origin {
  if (depth > deepest) return "unknown";
  const inner = unwrapAwait(node);
  const kind = kindOf(inner, reading);
  if (kind === "integer" || kind === "float" || kind === "number" || kind === "boolean" || kind === "bigint") return "number";
  if (isChecked(inner)) return "checked";
  const origin = originOfValue(inner, reading, depth);
  return origin === "unknown" && namesSql(inner) ? "sql" : origin;
}

/** `whereClause`, `orderBy`, `tableName`: by its name a part of the statement. */
function namesSql(node: ts.Expression): boolean {
  const name = ts.isIdentifier(node) ? node.text : ts.isPropertyAccessExpression(node) ? node.name.text : "";
  return /(?:sql|clauses?|where|conds?|conditions?|placeholders?|order(?:_?by)?|sort(?:_?by)?|direction|dir|tables?|table_?names?|columns?|column_?names?|cols?|fields?|joins?|statement|stmt|expr|expression|fragment|query|operator|op|sets?|values|updates|assignments?|literal|cte|union|from|select|having|group(?:_?by)?|suffix|prefix)$/i.test(name);
}

function originOfValue(inner: ts.Expression, reading: ValueReading, depth: number): Origin {
  const of = (part: ts.Expression): Origin => originOf(part, reading, depth + 1);
  if (ts.isStringLiteralLike(inner) || inner.kind === ts.SyntaxKind.NullKeyword) return "constant";
  if (ts.isTemplateExpression(inner)) return together(inner.templateSpans.map((part) => of(part.expression)));
  if (ts.isConditionalExpression(inner)) return together([of(inner.whenTrue), of(inner.whenFalse)]);
  if (ts.isBinaryExpression(inner)) return together([of(inner.left), of(inner.right)]);
  if (ts.isIdentifier(inner)) return originOfName(inner, reading, depth);
  if (ts.isPropertyAccessExpression(inner)) return originOfMember(inner, reading, depth);
  if (ts.isElementAccessExpression(inner)) return isConstantName(rootOf(inner)) ? "constant" : of(inner.expression) === "request" ? "request" : "unknown";
  if (ts.isNewExpression(inner)) return originOfNew(inner, reading, depth);
  if (ts.isCallExpression(inner)) return originOfCall(inner, reading, depth);
  return "unknown";
}

function originOfName(name: ts.Identifier, reading: ValueReading, depth: number): Origin {
  const binding = reading.scopes.binding(name);
  if (binding === undefined) return isConstantName(name) ? "constant" : "unknown";
  const { node } = binding;
  if (ts.isEnumDeclaration(node)) return "constant";
  if (ts.isImportSpecifier(node) || ts.isImportClause(node) || ts.isNamespaceImport(node)) return isConstantName(name) ? "constant" : "unknown";
  if (ts.isBindingElement(node)) return originOfPart(node, reading, depth);
  if (ts.isParameter(node)) return isLiteralType(node.type) ? "checked" : /^(?:params)$/.test(name.text) ? "request" : elementOfConstants(binding, reading) ? "constant" : "unknown";
  if (!ts.isVariableDeclaration(node)) return "unknown";
  if (isLiteralType(node.type)) return "checked";
  const written = binding.writes.flatMap((write) => (ts.isBinaryExpression(write.parent) && write.parent.left === write ? [write.parent.right] : []));
  if (written.length < binding.writes.length) return "unknown";
  const values = node.initializer === undefined ? written : [node.initializer, ...written];
  if (ts.isVariableDeclarationList(node.parent) && ts.isForOfStatement(node.parent.parent)) return elementOfConstants(binding, reading) ? "constant" : "unknown";
  return values.length === 0 ? "unknown" : together(values.map((value) => originOf(value, reading, depth + 1)));
}

function elementOfConstants(binding: Binding, { constants }: ValueReading): boolean {
  return constants.ofBinding(binding)?.every((source) => ts.isStringLiteralLike(source) || ts.isNumericLiteral(source)) === true;
}

/** `{ a }` of what is destructured there. */
function originOfPart(part: ts.BindingElement, reading: ValueReading, depth: number): Origin {
  const key = propertyName(part.propertyName ?? (ts.isIdentifier(part.name) ? part.name : undefined)) ?? "";
  let owner: ts.Node = part.parent.parent;
  while (ts.isBindingElement(owner)) {
    if (isRequestPart(propertyName(owner.propertyName) ?? "")) return "request";
    owner = owner.parent.parent;
  }
  if (ts.isParameter(owner)) return key === "params" || key === "searchParams" ? "request" : "unknown";
  if (!ts.isVariableDeclaration(owner) || owner.initializer === undefined) return "unknown";
  const of = originOf(owner.initializer, reading, depth + 1);
  if (of === "request") return "request";
  return key === "searchParams" || (key === "params" && isContext(owner.initializer)) ? "request" : "unknown";
}

function originOfMember(member: ts.PropertyAccessExpression, reading: ValueReading, depth: number): Origin {
  if (isConstantName(rootOf(member)) || isConstantName(member.name)) return "constant";
  const name = member.name.text;
  if (name === "searchParams" || (isRequestPart(name) && isContext(member.expression)) || (name === "url" && isRequest(member.expression))) return "request";
  const root = rootOf(member);
  const binding = ts.isIdentifier(root) ? reading.scopes.binding(root) : undefined;
  if (binding !== undefined && ts.isEnumDeclaration(binding.node)) return "constant";
  return originOf(member.expression, reading, depth + 1) === "request" ? "request" : "unknown";
}

function originOfNew(node: ts.NewExpression, reading: ValueReading, depth: number): Origin {
  const [first] = node.arguments ?? [];
  const name = node.expression.getText();
  if (name === "Date") return "number";
  return (name === "URL" || name === "URLSearchParams") && first !== undefined ? originOf(first, reading, depth + 1) : "unknown";
}

const sameText = /^(?:trim|trimStart|trimEnd|toLowerCase|toUpperCase|toString|replace|replaceAll|slice|substring|substr|split|normalize|padStart|padEnd|concat|at|pop|shift|join|map|filter)$/;
const passesOn = /^(?:String|decodeURIComponent|encodeURIComponent|decodeURI|structuredClone|escape|unescape|atob|btoa)$/;

function originOfCall(call: ts.CallExpression, reading: ValueReading, depth: number): Origin {
  const [first] = call.arguments;
  const method = methodOf(call);
  if (method === undefined) return ts.isIdentifier(call.expression) && passesOn.test(call.expression.text) && first !== undefined ? originOf(first, reading, depth + 1) : "sql";
  const name = method.name.text;
  if (/^(?:json|formData|text|parseBody|param|query|queries|header|valid|headers)$/.test(name) && isRequest(method.expression)) return "request";
  if (/^(?:toISOString|getTime|toJSON|randomUUID)$/.test(name)) return "number";
  if (name === "stringify" && method.expression.getText() === "JSON" && first !== undefined) return originOf(first, reading, depth + 1);
  const of = originOf(method.expression, reading, depth + 1);
  if (/^(?:get|getAll)$/.test(name)) return of === "request" ? "request" : "unknown";
  return sameText.test(name) ? of : "sql";
}

/** `request`, `req`, `c.req`, `context.request`, `event.request`. */
function isRequest(node: ts.Expression): boolean {
  return /(?:^|\.)(?:req|request)$/.test(unwrapAwait(node).getText().replace(/[?!\s]/g, ""));
}

function isContext(node: ts.Expression): boolean {
  return isRequest(node) || /^(?:c|ctx|context|event|this\.ctx|this\.context)$/.test(unwrapAwait(node).getText());
}

function isRequestPart(name: string): boolean {
  return /^(?:params|query|body|searchParams)$/.test(name);
}

function rootOf(node: ts.Expression): ts.Expression {
  let at = node;
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) at = unwrapAwait(at.expression);
  return at;
}

/** `TABLES`, `MAX_AGE`: by custom a constant, wherever it is declared. */
function isConstantName(node: ts.Node): boolean {
  return ts.isIdentifier(node) && /^[A-Z][A-Z0-9_]{2,}$/.test(node.text);
}

/** `"asc" | "desc"`: the compiler lets nothing else through. */
function isLiteralType(type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (ts.isUnionTypeNode(type)) return type.types.every((part) => ts.isLiteralTypeNode(part) || part.kind === ts.SyntaxKind.NumberKeyword || part.kind === ts.SyntaxKind.UndefinedKeyword);
  return ts.isLiteralTypeNode(type) || (ts.isTypeOperatorNode(type) && type.operator === ts.SyntaxKind.KeyOfKeyword);
}

/** Some name for the value, or for what is made of it, is compared with anything or looked up. */
function isAskedAbout(node: ts.Expression, { scopes }: ValueReading): boolean {
  const names = new Set<string>();
  const seen = new Set<Binding>();
  const follow = (at: ts.Node): void => {
    if (ts.isIdentifier(at)) note(scopes.binding(at));
    for (let up: ts.Node = at; !ts.isSourceFile(up) && !ts.isStatement(up.parent); up = up.parent) {
      if (ts.isVariableDeclaration(up) && ts.isIdentifier(up.name)) note(scopes.declared(up.name));
      else if (ts.isBinaryExpression(up) && up.operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isIdentifier(up.left)) note(scopes.binding(up.left));
    }
  };
  const note = (binding: Binding | undefined): void => {
    if (binding === undefined || seen.has(binding) || seen.size > 20) return;
    seen.add(binding);
    names.add(binding.name);
    if (ts.isVariableDeclaration(binding.node) && binding.node.initializer !== undefined && ts.isIdentifier(binding.node.initializer)) note(scopes.binding(binding.node.initializer));
    binding.references.forEach(follow);
  };
  follow(node);
  const around = enclosingFunction(node)?.getText() ?? node.getSourceFile().text;
  const written = node.getText().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const any = `(?:${[...names].map((name) => name.replace(/\$/g, "\\$")).concat(written).join("|")})`;
  const asked = `\\b(?:includes|has|test|indexOf|hasOwn|hasOwnProperty|find|some|is\\w+|assert\\w*|check\\w*|valid\\w*|parse\\w*|safe\\w*|sanitize\\w*|escape\\w*|quote\\w*)\\([^;]*?(?<![\\w.])${any}\\b|(?<![\\w.])${any}(?:\\.\\w+\\([^()]*\\))*\\s*(?:[!=]==?|in\\s|\\.match\\()|switch\\s*\\(\\s*${any}|\\[\\s*${any}`;
  return new RegExp(asked).test(around);
}

/** The function around compares the value with a list, a pattern or a number's shape. */
function isChecked(node: ts.Expression): boolean {
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return false;
  const around = enclosingFunction(node);
  if (around === undefined) return false;
  const name = node.getText().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const asks = `(?:\\b(?:includes|has|test|isInteger|isSafeInteger|isFinite|isNaN|indexOf|hasOwn|hasOwnProperty)\\((?:[^()]*,)?\\s*${name}\\s*(?:as \\w+\\s*)?[,)])`;
  return new RegExp(`${asks}|(?<![\\w.])${name}\\s+in\\s|switch\\s*\\(\\s*${name}\\s*\\)|(?<![\\w.])${name}\\.match\\(`).test(around.getText());
}
