// A look-up of one row for each row of another query, joined to that query: the loop then takes the row from the columns
// that came with its own. Offered only where nobody sees those columns besides.

import { ts } from "../typescript";
import type { TextEdit } from "../../text/edit";
import { isWithin, methodOf, unwrap } from "../syntax";
import { effectsOf, hindrance, outerBindings, triedWithin } from "./effects";
import { isPropertyRead, outerRows, type OuterRows } from "./outer-rows";
import { declaredElement, needsBrackets } from "./read-turn";
import { withheld, type Join, type JoinedLookup, type Outcome, type SiteKinds } from "./rewrite";
import { isPath, runsIn } from "./runs";
import type { Turn } from "./turn";

/** Undefined where the query is no look-up of one row by a value of another query's row. */
export function joinRead(turn: Turn, join: Join, kinds: SiteKinds): Outcome | undefined {
  const { run, layout, loop } = turn;
  const bind = run.split === undefined && run.method === "first" && kinds.get(layout.start(run.prepareName)) === "read" ? bindOf(run.statement) : undefined;
  const element = elementOf(turn);
  if (bind === undefined || element === undefined || !isWithin(run.prepare, run.call) || (loop.kind === "callback" && loop.all === undefined)) return undefined;
  const binds = bind.arguments.map((argument) => propertyOf(argument, element, turn));
  if (!binds.some((property) => property !== undefined)) return undefined;
  const outer = outerRows(turn, kinds);
  if (outer === undefined || typeof outer === "string") return outer === undefined ? undefined : withheld(outer);
  const use = useOf(turn);
  const kept = bind.arguments.filter((_, at) => binds[at] === undefined);
  const joined = join(layout.start(outer.run.prepareName), { binds, wanted: use.wanted, asksForRow: use.form !== "column" });
  if (joined === undefined || typeof joined === "string") return joined === undefined ? undefined : withheld(joined);
  const problem = turnHindrance(turn, kinds, element, binds) ?? keptHindrance(kept, outer, turn) ?? textHindrance(joined, outer, turn);
  if (problem !== undefined) return withheld(problem);
  const taken = taking(turn, element, joined, use);
  if (typeof taken === "string") return withheld(taken);
  const moved = kept.length === 0 ? [] : bindEdits(outer, joined.bindsBefore, kept.map((argument) => layout.text(argument)), turn);
  if (typeof moved === "string") return withheld(moved);
  const types = taken.columns.length === 0 ? [] : typeEdits(outer, element, taken.columns, turn);
  if (typeof types === "string") return withheld(types);
  return { rewrite: { title: "Join the look-up to the query that gives the rows", edits: [...joined.edits, ...moved, ...types, ...taken.edits] } };
}

type Element = (ts.VariableDeclaration | ts.ParameterDeclaration) & { readonly name: ts.Identifier | ts.ObjectBindingPattern };

function elementOf({ loop }: Turn): Element | undefined {
  const element = loop.kind === "callback" ? loop.callback.parameters[0] : ts.isForOfStatement(loop.node) ? declaredElement(loop.node) : undefined;
  if (element === undefined || ts.isArrayBindingPattern(element.name) || (loop.kind === "callback" && (element as ts.ParameterDeclaration).dotDotDotToken !== undefined)) return undefined;
  if (loop.kind === "callback" && loop.callback.parameters.length > 2) return undefined;
  return element as Element;
}

function bindOf(statement: ts.Expression): ts.CallExpression | undefined {
  const node = unwrap(statement);
  if (!ts.isCallExpression(node) || methodOf(node)?.name.text !== "bind" || node.arguments.some(ts.isSpreadElement)) return undefined;
  const prepare = unwrap(methodOf(node)!.expression);
  return ts.isCallExpression(prepare) && methodOf(prepare)?.name.text === "prepare" ? node : undefined;
}

/** `owner_id` of `row.owner_id`, or of `{ owner_id }` as the variable of the loop. */
function propertyOf(argument: ts.Expression, { name }: Element, { scopes }: Turn): string | undefined {
  const node = unwrap(argument);
  if (ts.isIdentifier(name)) {
    const owner = ts.isPropertyAccessExpression(node) && node.questionDotToken === undefined ? node.expression : undefined;
    return owner !== undefined && ts.isIdentifier(owner) && scopes.binding(owner) !== undefined && scopes.binding(owner) === scopes.declared(name) ? (node as ts.PropertyAccessExpression).name.text : undefined;
  }
  const home = ts.isIdentifier(node) ? scopes.binding(node)?.node : undefined;
  if (home === undefined || !ts.isBindingElement(home) || home.parent !== name || home.initializer !== undefined || home.dotDotDotToken !== undefined) return undefined;
  const property = home.propertyName ?? home.name;
  return ts.isIdentifier(property) ? property.text : undefined;
}

interface Use {
  readonly wanted: readonly string[] | "all";
  /** Only asked whether there is a row, or for one column of it. */
  readonly form: "row" | "exists" | "column";
}

/** What of the row is used after it was read. */
function useOf({ run, scopes }: Turn): Use {
  const [column] = run.call.arguments;
  if (column !== undefined && ts.isStringLiteralLike(column)) return { wanted: [column.text], form: "column" };
  const value = run.awaited ?? run.call;
  const { parent } = value;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return { wanted: "all", form: "row" };
  const binding = scopes.declared(parent.name);
  if (binding === undefined || binding.writes.length > 0) return { wanted: "all", form: "row" };
  const read = new Set<string>();
  for (const reference of binding.references) {
    if (isAsked(reference)) continue;
    if (!isPropertyRead(reference)) return { wanted: "all", form: "row" };
    read.add((reference.parent as ts.PropertyAccessExpression).name.text);
  }
  return read.size === 0 ? { wanted: [], form: "exists" } : { wanted: [...read], form: "row" };
}

/** `if (row)`, `!row`, `row ? … : …`, `row && …`. */
function isAsked(reference: ts.Identifier): boolean {
  const { parent } = reference;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.ExclamationToken;
  if (ts.isIfStatement(parent)) return parent.expression === reference;
  if (ts.isConditionalExpression(parent)) return parent.condition === reference;
  if (!ts.isBinaryExpression(parent) || parent.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken || parent.left !== reference) return false;
  return ts.isIfStatement(parent.parent) || (ts.isPrefixUnaryExpression(parent.parent.parent) && ts.isParenthesizedExpression(parent.parent));
}

function turnHindrance(turn: Turn, kinds: SiteKinds, { name }: Element, binds: readonly (string | undefined)[]): string | undefined {
  const { loop, run, scopes, layout } = turn;
  const region = loop.kind === "callback" ? loop.callback : loop.node;
  if (run.call.arguments[0] !== undefined && !ts.isStringLiteralLike(run.call.arguments[0])) return "the column that `first` takes is not known";
  if (triedWithin(run.call, region)) return "each turn catches its own errors";
  if (layout.hasComment({ start: run.statement.end, end: run.call.end })) return "a comment stands within the call";
  const runs = runsIn(region, scopes);
  const key = run.statement.getText();
  for (const one of runs) {
    if (one.call === run.call) continue;
    const kind = kinds.get(layout.start(one.prepareName));
    if (kind !== "read" && kind !== "varying") return "the turn also writes, and later turns may read what it wrote";
    if (one.call.pos < run.call.pos && one.method === "first" && sharesKey(one.statement.getText(), key)) return "another look-up of the turn takes the same key";
  }
  const changed = effectsOf(region, scopes).find(({ binding, property }) => binding !== undefined && isWithin(binding.node, name.parent) && (property === undefined || binds.includes(property)));
  if (changed !== undefined) return `\`${changed.text}\`, which the query reads, is changed in the turn`;
  return hindrance(region, new Set<ts.Node>(runs.flatMap((one) => one.awaited ?? [])), scopes);
}

function sharesKey(one: string, other: string): boolean {
  const args = (text: string): string => text.slice(text.lastIndexOf(".bind(")).replace(/\s+/g, "");
  return args(one) === args(other);
}

/** What is bound besides the key must be there, and the same, where the other query is made, and D1 must take it. */
function keptHindrance(kept: readonly ts.Expression[], { run }: OuterRows, { scopes, loop, layout }: Turn): string | undefined {
  const bound = (bindOf(run.statement)?.arguments ?? []).map((argument) => argument.getText());
  const unsure = kept.find((argument) => !bound.includes(argument.getText()) && !isBindable(argument, scopes));
  if (unsure !== undefined) return `D1 may refuse \`${unsure.getText()}\`, and would do so where there are no rows, too`;
  const changing = "what the query reads besides its key is made after the query that gives the rows";
  for (const argument of kept) {
    const node = unwrap(argument);
    if (!ts.isLiteralExpression(node) && !isPath(node)) return changing;
    for (const binding of outerBindings([node], run.call, scopes)) {
      const { node: home } = binding;
      if (home.end > layout.start(run.call) || isWithin(home, loop.node) || binding.writes.some((write) => write.pos > run.call.pos)) return changing;
      const changes = effectsOf(run.call.getSourceFile(), scopes).some((effect) => effect.binding === binding && effect.node.pos > run.call.pos && effect.node.end < loop.node.end);
      if (changes) return changing;
    }
  }
  return undefined;
}

/** A text, a number or a boolean by how it is written, made or declared. */
function isBindable(expression: ts.Expression, scopes: Turn["scopes"]): boolean {
  const node = unwrap(expression);
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node) || ts.isTemplateExpression(node) || node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) return true;
  if (ts.isBinaryExpression(node)) return /^(?:\|\||\?\?)$/.test(node.operatorToken.getText()) && isText(node.left) && isBindable(node.right, scopes);
  if (ts.isCallExpression(node)) return /^(?:String|Number|Boolean|parseInt|parseFloat)$/.test(node.expression.getText());
  const home = ts.isIdentifier(node) ? scopes.binding(node) : undefined;
  if (home === undefined || (!ts.isParameter(home.node) && !ts.isVariableDeclaration(home.node))) return false;
  if (home.node.type !== undefined) return /^(?:string|number|boolean)(?: \| null)?$/.test(home.node.type.getText());
  return ts.isVariableDeclaration(home.node) && home.writes.length === 0 && home.node.initializer !== undefined && isBindable(home.node.initializer, scopes);
}

/** What a request gives by a name is a text where it is there at all. */
function isText(expression: ts.Expression): boolean {
  const node = unwrap(expression);
  return ts.isCallExpression(node) && /(?:\.(?:query|param|header)|(?:[pP]arams|[hH]eaders|query)\.get)$/.test(node.expression.getText()) && node.arguments.length === 1;
}

/** The text of the other query must be its own. */
function textHindrance({ edits }: JoinedLookup, { run }: OuterRows, { scopes }: Turn): string | undefined {
  const [text] = run.prepare.arguments;
  const elsewhere = "the text of the query that gives the rows is used elsewhere too";
  if (text === undefined) return elsewhere;
  const isIn = (node: ts.Node): boolean => edits.every(({ span }) => node.pos <= span.start && span.end <= node.end);
  if (isIn(text)) return undefined;
  const binding = ts.isIdentifier(text) ? scopes.binding(text) : undefined;
  return binding !== undefined && binding.writes.length === 0 && binding.references.length === 1 && ts.isVariableDeclaration(binding.node) && isIn(binding.node) ? undefined : elsewhere;
}

interface Taking {
  readonly edits: readonly TextEdit[];
  /** The names that rows get besides, where their type must know them. */
  readonly columns: readonly string[];
}

/** The loop's variable with the columns, and what stands for the query. */
function taking(turn: Turn, element: Element, joined: JoinedLookup, use: Use): Taking | string {
  const { layout, run, scopes } = turn;
  const isUsed = use.form !== "column";
  const columns = [...new Set([...(isUsed ? [joined.found] : []), ...(use.form === "exists" ? [] : joined.columns.map(({ as }) => as))])];
  const isWhole = ts.isIdentifier(element.name) && (scopes.declared(element.name)?.references ?? []).some((reference) => !isPropertyRead(reference));
  const apart = isWhole || !ts.isIdentifier(element.name);
  if (apart && columns.some((name) => layout.unusedName(run.call, name) !== name)) return "the joined columns would take names that the function has";
  const earlier = isWhole ? handedOn(element.name as ts.Identifier, turn) : undefined;
  if (earlier !== undefined) return earlier;
  const edits: TextEdit[] = [];
  if (!ts.isIdentifier(element.name)) {
    const at = layout.start(element.name) + 1;
    edits.push({ span: { start: at, end: at }, newText: ` ${columns.join(", ")},` });
  } else if (isWhole) {
    const bracket = ts.isParameter(element) && !layout.file.text.slice(element.parent.pos, layout.start(element)).includes("(");
    const pattern = `{ ${columns.join(", ")}, ...${element.name.text} }`;
    edits.push({ span: { start: layout.start(element.name), end: element.name.end }, newText: bracket ? `(${pattern})` : pattern });
  }
  const value = valueOf(turn, joined, use, (name) => (apart ? name : `${element.name.getText()}.${name}`));
  if (value === undefined) return "the type of what is read is not written";
  const from = run.awaited ?? run.call;
  const bracketed = use.form === "column" && !value.includes(" ") ? value : needsBrackets(from) || ts.isPropertyAccessExpression(from.parent) ? `(${value})` : value;
  edits.push({ span: { start: layout.start(from), end: from.end }, newText: bracketed });
  return { edits, columns };
}

/** The row as a whole, given away before the query: whoever gets it may change the key. */
function handedOn(name: ts.Identifier, { run, scopes }: Turn): string | undefined {
  const given = (scopes.declared(name)?.references ?? []).find((reference) => {
    if (reference.pos >= run.call.pos || !ts.isCallExpression(reference.parent)) return false;
    return !/^console\./.test(reference.parent.expression.getText());
  });
  return given === undefined ? undefined : `\`${given.text}\` is given away before its query`;
}

/** In the place of the query: the row rebuilt, or null. Undefined where TypeScript would not know what it is. */
function valueOf(turn: Turn, { columns, found }: JoinedLookup, { form }: Use, read: (name: string) => string): string | undefined {
  const given = turn.layout.isTypeScript ? typeOfRow(turn) : undefined;
  if (given === null) return undefined;
  if (form === "exists") return `${read(found)} !== null`;
  if (form === "column") return given === undefined ? read(columns[0]!.as) : `${read(columns[0]!.as)} as ${given} | null`;
  const row = `{ ${columns.map(({ name, as }) => (read(as) === name ? name : `${name}: ${read(as)}`)).join(", ")} }`;
  const typed = given === undefined ? row : `(${row} as ${given})`;
  return `${read(found)} === null ? null : ${typed}`;
}

/** What `first<…>()` says; undefined where nobody asks, null where TypeScript takes it from the code around. */
function typeOfRow({ run, layout }: Turn): string | undefined | null {
  const given = run.call.typeArguments?.[0];
  if (given !== undefined) return given.kind === ts.SyntaxKind.AnyKeyword ? undefined : layout.text(given);
  const { parent } = run.awaited ?? run.call;
  if (ts.isVariableDeclaration(parent)) return parent.type === undefined || parent.type.kind === ts.SyntaxKind.AnyKeyword ? undefined : `NonNullable<${layout.text(parent.type)}>`;
  return ts.isBinaryExpression(parent) || ts.isAsExpression(parent) || ts.isCallExpression(parent) ? null : undefined;
}

/** The values that the look-up keeps are bound where the join stands. */
function bindEdits({ run }: OuterRows, before: number, values: readonly string[], { layout }: Turn): readonly TextEdit[] | string {
  const text = values.join(", ");
  const bind = bindOf(run.statement);
  if (bind === undefined) {
    if (unwrap(run.statement) !== run.prepare) return "what the query that gives the rows binds is not certain";
    return before > 0 ? "what the query that gives the rows binds is not certain" : [{ span: { start: run.prepare.end, end: run.prepare.end }, newText: `.bind(${text})` }];
  }
  const next = bind.arguments[before];
  if (next !== undefined) return [{ span: { start: layout.start(next), end: layout.start(next) }, newText: `${text}, ` }];
  const last = bind.arguments[before - 1];
  const at = last?.end ?? bind.end - 1;
  return last === undefined && before > 0 ? "what the query that gives the rows binds is not certain" : [{ span: { start: at, end: at }, newText: last === undefined ? text : `, ${text}` }];
}

/** The types of the rows with the columns that they get. */
function typeEdits({ types }: OuterRows, element: Element, columns: readonly string[], { layout }: Turn): readonly TextEdit[] | string {
  if (!layout.isTypeScript) return [];
  const more = `{ ${columns.map((name) => `${name}: unknown`).join("; ")} }`;
  const edits: TextEdit[] = [];
  for (const { node, of } of [...types, ...(element.type === undefined ? [] : [{ node: element.type, of: "row" as const }])]) {
    const row = of === "row" ? node : elementType(node);
    if (row === undefined) return "the type of the rows has a name of its own";
    if (row.kind === ts.SyntaxKind.AnyKeyword || /^Record<string, (?:any|unknown)>$/.test(row.getText())) continue;
    const isBare = of === "row" || ts.isParenthesizedTypeNode(row) || ts.isTypeReferenceNode(row.parent);
    const text = layout.text(row);
    edits.push({ span: { start: layout.start(row), end: row.end }, newText: isBare && !ts.isUnionTypeNode(row) ? `${text} & ${more}` : `(${text} & ${more})` });
  }
  return edits;
}

function elementType(node: ts.TypeNode): ts.TypeNode | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return node;
  if (ts.isArrayTypeNode(node)) return node.elementType;
  return ts.isTypeReferenceNode(node) && node.typeName.getText() === "Array" ? node.typeArguments?.[0] : undefined;
}
